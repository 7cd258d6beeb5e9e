"""Tokens on one's account page."""

from __future__ import annotations

from tests.access.ways import GUESTS, INSIDERS, Way
from tests.caching import empty_cache
from tests.cast import Cast
from workspace.organisation.commands import make_token, set_password

SIGNED_IN = (*INSIDERS, *GUESTS)


def ways(cast: Cast) -> list[Way]:
    """The executive has a password and is asked for it first, and has a token; a form is sent empty."""
    empty_cache()
    set_password(cast.executive, password="seven-green-kettles-sing", actor=None)
    token = make_token(cast.executive, name="Sync", actor=cast.executive).token
    shown, sent = dict.fromkeys(SIGNED_IN, 200), dict.fromkeys(SIGNED_IN, 422)
    of_others = {kind: 302 if kind == "administrator" else 404 for kind in SIGNED_IN if kind != "executive"}
    return [
        Way("tokens", "/account/tokens/", by=SIGNED_IN),
        Way("new_token", "/account/tokens/new/", by=SIGNED_IN, answers=shown | {"executive": 302}),
        Way("new_token", "/account/tokens/new/", "POST", SIGNED_IN, answers=sent | {"executive": 302},
            is_recorded=False),
        Way("revoke_token", f"/account/tokens/{token.pk}/revoke/", "POST", ("executive", "administrator"), answers={
            kind: status for kind, status in of_others.items() if kind != "administrator"}),
    ]  # fmt: skip
