"""What a person is told of, and how they want to be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import filters_of, moment, number, reference, text
from api.kernel.inputs import Input
from api.kernel.nouns import NounView
from api.kernel.paging import Key
from api.kernel.shapes import Hung, Shape
from workspace.activity import audiences
from workspace.activity.commands.notifications import choose_notifications, read_notification, read_notifications
from workspace.activity.models import Mail, Notification
from workspace.activity.queries.notifications import choices_of, digest_hour_of, lines_of, visible_to, with_events
from workspace.organisation.models import Person

LARGEST = 2**63 - 1


def _lines(ids: Collection[int], _viewer: Person) -> Mapping[int, dict[str, str]]:
    rows = with_events(Notification.objects.filter(pk__in=ids))
    return {line.notification.pk: {"text": line.text, "url": line.url} for line in lines_of(rows)}


class LineShape(serializers.Serializer[Any]):
    """A notification in words, and the page that it leads to."""

    example = {"text": "Olga Online changed a rule.", "url": "/settings/rules/"}

    text = serializers.CharField()
    url = serializers.CharField(allow_blank=True)


class NotificationShape(Shape):
    """Something that a person is told of."""

    id = serializers.IntegerField()
    event = serializers.IntegerField(source="event_id", help_text="The event that tells of it.")
    kind = serializers.CharField(source="event.kind")
    at = serializers.DateTimeField()
    group = serializers.CharField(help_text="Kinds that one chooses about together: see `notifications/settings/`.")
    subject = serializers.CharField(help_text="What it is about, such as `story:7`.")
    scope = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField(help_text="How many of the event's things concern the person.")
    on_behalf_of = serializers.IntegerField(
        source="on_behalf_of_id", allow_null=True, help_text="Who is away, where the person stands in for them."
    )
    read_at = serializers.DateTimeField(allow_null=True)
    line = LineShape()

    parts = {"line": Hung(_lines, dict)}


class ReadMany(Input):
    """Which notifications are read."""

    group = serializers.CharField(required=False, help_text="Those of this group alone.")
    up_to = serializers.IntegerField(
        min_value=1, max_value=LARGEST, required=False, help_text="None that came after the one with this id."
    )

    def validate_group(self, value: str) -> str:
        """A group that there is."""
        if audiences.group(value) is None:
            known = ", ".join(group.code for group in audiences.groups())
            raise serializers.ValidationError(f"“{value}” is no group. Known are: {known}.")
        return value


class ReadShape(serializers.Serializer[Any]):
    """How many were read."""

    read = serializers.IntegerField()


class ChoiceShape(Input):
    """How somebody is told of a group."""

    in_app = serializers.BooleanField(required=False, help_text="Whether it stands on the page, and here.")
    mail = serializers.ChoiceField(choices=Mail.choices, required=False)


class SettingsShape(serializers.Serializer[Any]):
    """How somebody wants to be told."""

    example = {"groups": {"flags": {"in_app": True, "mail": "digest"}}}

    hour = serializers.IntegerField(help_text="Hour of the digest, where the person is.")
    groups = serializers.DictField(child=ChoiceShape(), help_text="By the code of the group.")


class ChangedSettings(Input):
    """What changes of how one wants to be told; what is not named stays."""

    example = {"groups": {"flags": {"in_app": True, "mail": "digest"}}}

    hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    groups = serializers.DictField(child=ChoiceShape(), required=False)

    def validate_groups(self, value: dict[str, Any]) -> dict[str, Any]:
        """Only groups that can reach the person."""
        known = [chosen.group.code for chosen in choices_of(self.context["view"].person)]
        unknown = [code for code in value if code not in known]
        if unknown:
            raise serializers.ValidationError(f"{', '.join(unknown)}: no such group. Known are: {', '.join(known)}.")
        return value


class NotificationsView(NounView):
    """Notifications: what the person is told of."""

    noun, plural = "notification", "notifications"
    shape = NotificationShape
    takes = {"read_all": ReadMany, "change_settings": ChangedSettings}
    gives = {"read_all": ReadShape, "choices": SettingsShape, "change_settings": SettingsShape}
    filterset_class = filters_of(
        "NotificationFilters",
        reference("id", "pk"),
        reference("event"),
        text("kind", "event__kind"),
        moment("at"),
        text("group"),
        text("subject"),
        text("scope"),
        number("count"),
        reference("on_behalf_of", is_optional=True),
        moment("read_at", is_optional=True),
    )
    orderings = {"id": Key("pk"), "at": Key("at"), "read_at": Key("read_at", True)}
    ordering = ("-id",)

    def visible(self) -> QuerySet[Any]:
        """The person's own that stand on the page."""
        return visible_to(self.person).shown()

    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: int) -> Response:
        """Mark it as read; one that was read stays so."""
        notification = self.one()
        self.filled()
        read_notification(notification.pk, actor=self.person)
        return self.answer({"pk": notification.pk})

    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """Mark all as read, or those of a group; none that came after `up_to`."""
        self.check_limits()
        given = self.filled()
        return Response({"read": read_notifications(**given, actor=self.person)})

    @action(detail=False, methods=["get"], url_path="settings")
    def choices(self, request: Request) -> Response:
        """How the person wants to be told, group by group."""
        self.check_limits()
        return self.versioned(self._settings())

    @choices.mapping.patch
    def change_settings(self, request: Request) -> Response:
        """Say how one wants to be told; what is not named stays."""
        self.check_limits()
        given = self.filled()
        now = {chosen.group.code: (chosen.in_app, chosen.mail) for chosen in choices_of(self.person)}
        changed = {
            code: (wanted.get("in_app", now[code][0]), wanted.get("mail", now[code][1]))
            for code, wanted in given.get("groups", {}).items()
        }
        hour = given.get("hour", digest_hour_of(self.person))
        choose_notifications(changed, hour=hour, actor=self.person)
        return self.versioned(self._settings())

    def _settings(self) -> dict[str, Any]:
        groups = {each.group.code: {"in_app": each.in_app, "mail": each.mail} for each in choices_of(self.person)}
        return {"hour": digest_hour_of(self.person), "groups": groups}
