"""Who may keep webhooks, and what one may ask for."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing


def may_make_webhook(standing: Standing, *, owner_id: int) -> Decision:
    """Everybody inside makes webhooks for themselves; each is told what its owner may see."""
    if standing.is_insider and standing.person_id == owner_id:
        return YES
    return no(
        _("A webhook is told what its owner may see, so only people inside make one, for themselves."),
        _("Ask somebody who works here."),
    )


def may_keep_webhook(standing: Standing, *, owner_id: int) -> Decision:
    """A person looks after their own webhooks; an administrator after everybody's."""
    if standing.is_administrator or (standing.is_insider and standing.person_id == owner_id):
        return YES
    return no(_("Only its owner or an administrator changes a webhook."), _("Ask an administrator."))


def is_filter_known(kinds: Collection[str], scopes: Collection[str], *, known: Collection[str],
                    topics: Collection[str]) -> Decision:  # fmt: skip
    """Whether there are such kinds of event (`story.moved`, `story.*`) and such scopes (`team:7`, `house`)."""
    areas = {f"{code.partition('.')[0]}.*" for code in known}
    for kind in kinds:
        if kind not in known and kind not in areas:
            return no(_("“%(kind)s” is no kind of event.") % {"kind": kind}, _("Take one such as “story.moved”."))
    for scope in scopes:
        noun, _colon, number = scope.partition(":")
        is_thing = noun in topics and number.isascii() and number.isdigit() and len(number) < 19
        if scope != "house" and not is_thing:
            return no(_("“%(scope)s” is no scope.") % {"scope": scope}, _("Take one such as “team:7”, or “house”."))
    return YES
