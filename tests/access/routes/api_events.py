"""The API of the log, of undoing, of notifications and of saved views, as the session of a page goes it."""

from __future__ import annotations

from sprints import commands as sprints
from tests.access.ways import GUESTS, INSIDERS, Way
from tests.cast import Cast, deliver
from workspace.activity.models import Event, Notification
from workspace.organisation.commands.saved_views import save_view

ANY = {"If-Match": "*"}


def ways(cast: Cast) -> list[Way]:
    """Bela Billing runs a team, has deleted a story of it, has a view of his own and a notification."""
    lead = cast.billing_lead
    team = sprints.create_team("Log keepers", key="LOG", actor=lead)
    story = sprints.create_story(team, title="Banner", actor=lead)
    deleted = sprints.create_story(team, title="Poster", actor=lead)
    sprints.delete_story(deleted, actor=lead)
    sprints.write_comment(story, text="Look, @Bela Billing", actor=cast.member)
    deliver()
    act = Event.objects.filter(kind="story.deleted", actor=lead).latest("pk")
    own = Notification.objects.filter(person=lead, event__kind="comment.written").latest("pk")
    view = save_view("Mine", page="flags", query="severity=4", filters=["severity"], actor=lead)
    everybody, event = (*INSIDERS, *GUESTS), Event.objects.filter(kind="stage.added").first()
    assert event is not None
    others = dict.fromkeys((*INSIDERS, *GUESTS), 404) | {"lead": 200}
    of_log, told, views = "/api/v1/events/", "/api/v1/notifications/", "/api/v1/saved-views/"
    shown = {"guest": 404, "invited_guest": 200}
    new = {"place": "flags", "name": "Critical", "query": "severity=4"}
    return [
        Way("api:event-list", of_log, by=everybody, limited=200),
        Way("api:event-detail", f"{of_log}{event.pk}/", answers=shown, limited=404),
        Way("api:event-subjects", f"{of_log}{event.pk}/subjects/", answers=shown, limited=404),
        Way("api:undo-list", "/api/v1/undo/", "POST", ("lead",), {"event": act.pk},
            answers={kind: 404 for kind in others if kind != "lead"}, done=200, limited=404),
        Way("api:notification-list", told, by=everybody),
        Way("api:notification-detail", f"{told}{own.pk}/", by=(), answers=others),
        Way("api:notification-read", f"{told}{own.pk}/read/", "POST", (), answers=others),
        Way("api:notification-read-all", f"{told}read-all/", "POST", everybody, is_recorded=False),
        Way("api:notification-choices", f"{told}settings/", by=everybody),
        Way("api:notification-choices", f"{told}settings/", "PATCH", everybody, {"hour": 7}),
        Way("api:saved_view-list", views, by=everybody),
        Way("api:saved_view-list", views, "POST", INSIDERS, new, done=201),
        Way("api:saved_view-detail", f"{views}{view.pk}/", by=(), answers=others),
        Way("api:saved_view-detail", f"{views}{view.pk}/", "PATCH", ("lead",), {"name": "Ours"}, headers=ANY,
            answers={kind: 404 for kind in others if kind != "lead"}),
        Way("api:saved_view-detail", f"{views}{view.pk}/", "DELETE", ("lead",), headers=ANY, done=204,
            answers={kind: 404 for kind in others if kind != "lead"}),
    ]  # fmt: skip
