"""Who may make, see and revoke tokens, and what a token may ask for."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing

LASTS = timedelta(days=90)
"""How long a token lasts where nobody says otherwise."""

LONGEST = timedelta(days=366)
"""The longest that a token may last."""

AT_MOST = 50
"""How many tokens in force one person may have."""


def may_make_token(standing: Standing, *, person_id: int, has_come_in: bool) -> Decision:
    """Everybody makes tokens for themselves; an administrator also for somebody who never signs in: a service.

    Nobody makes one for a colleague: it would be a way to act in their name.
    """
    if standing.person_id == person_id and standing.active:
        return YES
    if not standing.is_administrator:
        return no(_("A token acts as a person, so only that person makes it."), _("Make one for yourself."))
    if has_come_in:
        return no(
            _("This person signs in, so their tokens are theirs alone to make."),
            _("Add a person for the program, without a password, and make the token for them."),
        )
    return YES


def may_revoke_token(standing: Standing, *, person_id: int) -> Decision:
    """A person revokes their own tokens; an administrator revokes anybody's."""
    if standing.person_id == person_id or standing.is_administrator:
        return YES
    return no(_("Only the person or an administrator revokes a token."), _("Ask an administrator."))


def is_scope_open(scope: str, *, role: str, known: list[str]) -> Decision:
    """Whether a person of this role may have a token of this scope."""
    if scope not in known:
        return no(
            _("“%(scope)s” is no scope.") % {"scope": scope},
            _("Choose one of: %(known)s.") % {"known": ", ".join(known)},
        )
    if scope == "admin" and role != "administrator":
        return no(
            _("A token of an administrator alone may administer; this person is none."),
            _("Choose the scope “write”."),
        )
    return YES


def is_term_open(term: timedelta) -> Decision:
    """Whether a token may last so long."""
    if timedelta(0) < term <= LONGEST:
        return YES
    return no(
        _("A token lasts at least one day and at most %(days)d.") % {"days": LONGEST.days},
        _("Choose an earlier end; a new token can be made then."),
    )
