"""What may be said about a story, by whom, and who may be mentioned."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sprints.rules.standing import TeamStanding
from workspace.organisation.rules.decisions import YES, Decision, no

LONGEST_COMMENT = 20_000
LONGEST_ITEM = 300
MOST_ITEMS = 100
MOST_MENTIONS = 50


def may_change_comment(team: TeamStanding, *, author_id: int | None) -> Decision:
    """A comment is changed by its author alone, for as long as they see the team."""
    if team.standing.is_house or (team.sees_team and _is(team, author_id)):
        return YES
    return no(
        _("Somebody else wrote this comment."),
        _("Its author alone can change it. Write one of your own, or ask whoever runs the team to delete it."),
    )


def may_delete_comment(team: TeamStanding, *, author_id: int | None) -> Decision:
    """A comment is deleted, and brought back, by its author, whoever runs the team, and administrators."""
    if team.is_administrator or team.runs_team or (team.sees_team and _is(team, author_id)):
        return YES
    return no(
        _("Somebody else wrote this comment."),
        _("Its author, the team’s product owner and scrum master, and administrators can delete it and bring it back."),
    )


def _is(team: TeamStanding, person_id: int | None) -> bool:
    return person_id is not None and team.standing.person_id == person_id


def is_comment(text: str) -> Decision:
    """A comment says something, in at most 20,000 characters."""
    if not text:
        return no(_("The comment is empty."), _("Write something, or leave it."))
    if len(text) > LONGEST_COMMENT:
        return no(
            _("The comment has %(count)d characters.") % {"count": len(text)},
            _("It has at most %(limit)d. Attach a file for more.") % {"limit": LONGEST_COMMENT},
        )
    return YES


def is_item(text: str) -> Decision:
    """A checklist item says something, in at most 300 characters."""
    if not text:
        return no(_("The checklist item is empty."), _("Say what is to be done."))
    if len(text) > LONGEST_ITEM:
        return no(
            _("The checklist item has %(count)d characters.") % {"count": len(text)},
            _("It has at most %(limit)d. Say more in the description.") % {"limit": LONGEST_ITEM},
        )
    return YES


def has_room_for_item(count: int) -> Decision:
    """A checklist has at most 100 items."""
    if count < MOST_ITEMS:
        return YES
    return no(
        _("This checklist has %(count)d items.") % {"count": count},
        _("It has at most %(limit)d. Make a second story of what is left.") % {"limit": MOST_ITEMS},
    )


def are_mentions_allowed(
    *, count: int, unseeing: Sequence[str], absent: Sequence[str], ambiguous: Sequence[str]
) -> Decision:
    """Whoever is mentioned is told of the story, so they must be able to see it; each name must be one person's.

    `unseeing`: names of people who may not see the story; `absent`: of those who do not work here any more;
    `ambiguous`: names that several people have.
    """
    if unseeing:
        names = ", ".join(unseeing)
        return no(
            ngettext(
                "%(names)s may not see this story.", "These people may not see this story: %(names)s.", len(unseeing)
            )
            % {"names": names},
            _("Share the team with them first, or leave out the @."),
        )
    if absent:
        names = ", ".join(absent)
        return no(
            ngettext(
                "%(names)s does not work here any more.",
                "These people do not work here any more: %(names)s.",
                len(absent),
            )
            % {"names": names},
            _("Mention somebody who can answer, or leave out the @."),
        )
    if ambiguous:
        return no(
            _("More than one person is called %(names)s.") % {"names": ", ".join(ambiguous)},
            _("Choose the one whom you mean from the list that opens after @."),
        )
    if count > MOST_MENTIONS:
        return no(
            _("%(count)d people are mentioned.") % {"count": count},
            _("Mention at most %(limit)d at once.") % {"limit": MOST_MENTIONS},
        )
    return YES
