"""The forms of stories: making one, changing a field, moving, and changing many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprints.models import Story
from sprints.queries.board import BoardFacts, ColumnRow, SprintRow
from sprints.queries.story_page import StoryPage
from sprints.rules.stories import FIELD_NAMES, TEXT_LIMITS

BACKLOG = "backlog"
LONG_TEXT = ("description", "hypothesis", "result")
MANY = ("assignees", "labels", "touchpoints")


class NothingForm(forms.Form):
    """A question that is answered by its button."""


class ViewNameForm(forms.Form):
    """A name for the filters in force, which travel along; who works in the team can share them with it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    is_shared = forms.BooleanField(label=gettext_lazy("For the whole team"), required=False)
    query = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, can_share: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_share:
            del self.fields["is_shared"]


def sprint_choices(sprints: Iterable[SprintRow]) -> list[tuple[str, str]]:
    """The sprints that take stories, by number, and the backlog."""
    planned = [
        (str(sprint.number), _("Sprint %(number)s (%(state)s)") % {"number": sprint.number, "state": sprint.label})
        for sprint in sprints
        if not sprint.is_closed
    ]
    return [*planned, (BACKLOG, _("Backlog"))]


class NewStoryForm(forms.Form):
    """A new story. With `unplanned`, it says why it could not wait."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=TEXT_LIMITS["title"])
    unplanned_reason = forms.CharField(
        label=gettext_lazy("Why it cannot wait"), max_length=TEXT_LIMITS["unplanned_reason"], required=False
    )
    kind = forms.ChoiceField(label=gettext_lazy("Type"), choices=Story.Kind.choices, required=False)
    points = forms.CharField(label=gettext_lazy("Points"), required=False, max_length=10)
    assignees = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Assignees"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    labels = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Labels"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    column = forms.TypedChoiceField(label=gettext_lazy("Column"), coerce=int, required=False, empty_value=None)
    sprint = forms.ChoiceField(label=gettext_lazy("Sprint"), required=False)

    def __init__(self, *args: Any, facts: BoardFacts, unplanned: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Sequence[tuple[Any, str]]] = {
            "column": [("", _("The first")), *((column.id, column.name) for column in facts.columns)],
            "sprint": sprint_choices(facts.sprints),
            "assignees": [(person.id, person.name) for person in facts.members],
            "labels": [(label.id, label.name) for label in facts.labels.values()],
        }
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        for name in ("assignees", "labels"):
            if not choices[name]:
                del self.fields[name]
        if unplanned:
            self.fields["unplanned_reason"].required = True
        else:
            del self.fields["unplanned_reason"]


class MoveForm(forms.Form):
    """Where a story goes: column, sprint, and its place there."""

    column = forms.TypedChoiceField(label=gettext_lazy("Column"), coerce=int)
    sprint = forms.ChoiceField(label=gettext_lazy("Sprint"))
    place = forms.ChoiceField(
        label=gettext_lazy("Place"),
        required=False,
        choices=[("end", gettext_lazy("At the end")), ("start", gettext_lazy("At the beginning"))],
        widget=forms.RadioSelect,
        initial="end",
    )

    def __init__(
        self, *args: Any, columns: Iterable[ColumnRow], sprints: Iterable[SprintRow], keeps: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        column, sprint = self.fields["column"], self.fields["sprint"]
        listed = [(one.id, one.name) for one in columns]
        column.choices = [("", _("Its own")), *listed] if keeps else listed  # type: ignore[attr-defined]
        given = sprint_choices(sprints)
        sprint.choices = [("", _("Its own")), *given] if keeps else given  # type: ignore[attr-defined]
        if keeps:
            column.required = sprint.required = False
            column.empty_value = None  # type: ignore[attr-defined]


class DropForm(forms.Form):
    """Where a card was dropped: a column, and the cards next to it, as the page knew them."""

    ref = forms.CharField(max_length=200, required=False)
    column = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    after = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    before = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class IdsField(forms.TypedMultipleChoiceField):
    """Ids, of which more can be found than are offered: the command says which of them there are."""

    def valid_value(self, value: Any) -> bool:
        """Whether it can be an id at all."""
        text = str(value)
        return text.isdecimal() and len(text) < len(str(2**63))


def field_of(name: str, page: StoryPage) -> forms.Field:
    """The form field for one field of a story; what its values may be beyond that, the command says."""
    label = str(FIELD_NAMES[name]).capitalize()
    if name in MANY:
        return (IdsField if name == "touchpoints" else forms.TypedMultipleChoiceField)(
            label=label, coerce=int, required=False, widget=forms.CheckboxSelectMultiple, choices=_many(name, page)
        )
    if name in ("kind", "horizon", "initiative"):
        return forms.ChoiceField(label=label, required=name == "kind", choices=_one(name, page))
    if name in ("due_on", "publish_on"):
        day = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        return forms.DateField(label=label, required=False, widget=day)
    if name == "points":
        return forms.CharField(label=label, required=False, max_length=20, widget=_input(inputmode="decimal"))
    widget = forms.Textarea(attrs={"rows": 3}) if name in LONG_TEXT else _input()
    # The command tells how much is too much, and by how much.
    return forms.CharField(label=label, required=name == "title", widget=widget, strip=name not in LONG_TEXT)


def value_of(name: str, page: StoryPage) -> Any:
    """What the field holds now."""
    if name in MANY:
        return [one.id for one in getattr(page, name)]
    if name == "initiative":
        return page.story.initiative_id or ""
    if name == "points":
        points = page.story.points
        return "" if points is None else f"{points.normalize():f}"
    return getattr(page.story, name)


class FieldForm(forms.Form):
    """One field of a story, and the version that the page had of it."""

    base_version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**31)

    def __init__(self, *args: Any, name: str, page: StoryPage, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: value_of(name, page), "base_version": page.story.version})
        kwargs["auto_id"] = "story_%s"
        super().__init__(*args, **kwargs)
        self.fields[name] = field_of(name, page)


def _input(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


def _many(name: str, page: StoryPage) -> list[tuple[int, str]]:
    if name == "labels":
        return [(label.id, label.name) for label in page.team_labels]
    if name == "touchpoints":
        return [(one.id, one.name) for one in page.touchpoints]
    # Whoever has left the team still works on it until somebody else does.
    people = {person.id: person.name for person in (*page.members, *page.assignees)}
    return sorted(people.items(), key=lambda item: item[1].lower())


def _one(name: str, page: StoryPage) -> list[tuple[Any, str]]:
    if name == "kind":
        return [(value, str(label)) for value, label in Story.Kind.choices]
    if name == "horizon":
        return [("", _("None")), *((value, str(label)) for value, label in Story.Horizon.choices)]
    return [("", _("None")), *page.initiatives]


class TogetherForm(forms.Form):
    """What several stories get at once."""

    def __init__(self, *args: Any, facts: BoardFacts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.facts = facts


class AssignForm(TogetherForm):
    """Whoever works on all of them from now on."""

    assignees = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Assignees"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They replace those who are there. Choose nobody to leave them to anybody."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(person.id, person.name) for person in self.facts.members]
        self.fields["assignees"].choices = people  # type: ignore[attr-defined]


class LabelForm(TogetherForm):
    """The labels that all of them have from now on."""

    labels = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Labels"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They replace those that are there. Choose none to take all away."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [(label.id, label.name) for label in self.facts.labels.values()]
        self.fields["labels"].choices = labels  # type: ignore[attr-defined]


class PointsForm(TogetherForm):
    """The points of each of them from now on."""

    points = forms.CharField(
        label=gettext_lazy("Points"), required=False, max_length=20, help_text=gettext_lazy("Empty: no estimate.")
    )


def chosen(stories: QuerySet[Story], ref: str) -> list[Story]:
    """The stories that a list of ids names, in the order of their team."""
    ids = {int(one) for one in ref.split(",") if one.strip().isdecimal() and len(one.strip()) < 19}
    return list(stories.filter(pk__in=ids).select_related("team").order_by("rank"))


class CommentForm(forms.Form):
    """A comment, and the version that the page had of it."""

    text = forms.CharField(label=gettext_lazy("Comment"), widget=forms.Textarea(attrs={"rows": 4}), strip=False)
    base_version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**31)


class AskApprovalForm(forms.Form):
    """What is asked, of whom, and until when a link outside works."""

    asset = forms.CharField(
        label=gettext_lazy("What is to be approved"), help_text=gettext_lazy("Such as “Banner, final”."), max_length=300
    )
    email = forms.CharField(
        label=gettext_lazy("Whose approval"),
        max_length=254,
        help_text=gettext_lazy("An e-mail address. Somebody of the house is asked here, anybody else by a link."),
        widget=forms.EmailInput,
    )
    name = forms.CharField(label=gettext_lazy("Their name, if outside"), max_length=150, required=False)
    attachment = forms.TypedChoiceField(
        label=gettext_lazy("File"), coerce=int, required=False, empty_value=None, choices=[]
    )
    days = forms.IntegerField(
        label=gettext_lazy("The link works for so many days"), min_value=1, max_value=60, initial=14
    )

    def __init__(self, *args: Any, files: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attachment"].choices = [("", _("None")), *files]  # type: ignore[attr-defined]


class AnswerApprovalForm(forms.Form):
    """Approved or not; whoever wants changes says which."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=[("yes", gettext_lazy("Approved")), ("no", gettext_lazy("Changes wanted"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
