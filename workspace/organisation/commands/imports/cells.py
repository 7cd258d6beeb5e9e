"""What a cell may say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from workspace.organisation.rules.people import is_time_zone

TRUE, FALSE = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


class WrongCell(Exception):
    """The value cannot be taken; the text says why, and what to write instead."""


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """Read a whole number between two bounds."""

    def read(value: str) -> int:
        plain = value.replace("−", "-")
        if not plain.isascii() or not plain.lstrip("+-").isdigit() or len(plain) > 20:
            raise WrongCell(_("This is no whole number. Write digits alone, such as 1200."))
        number = int(plain)
        if not lowest <= number <= highest:
            raise WrongCell(
                _("The number is out of range. It goes from %(lowest)s to %(highest)s.")
                % {"lowest": lowest, "highest": highest}
            )
        return number

    return read


def truth(value: str) -> bool:
    """Read yes or no."""
    folded = value.lower()
    if folded in TRUE or folded in FALSE:
        return folded in TRUE
    raise WrongCell(_("This is neither yes nor no. Write yes, no, true, false, 1, 0 or nothing."))


def choice(*choices: str) -> Callable[[str], str]:
    """Read one of a few words, whatever the case of its letters."""

    def read(value: str) -> str:
        if value.lower() not in choices:
            raise WrongCell(_("This word is not known here. Write one of: %(words)s.") % {"words": ", ".join(choices)})
        return value.lower()

    return read


def day(value: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WrongCell(_("This is no day. Write it as 2026-03-31.")) from None


def email(value: str) -> str:
    """Read an e-mail address, kept in lower case."""
    address = value.lower()
    try:
        validate_email(address)
    except ValidationError:
        raise WrongCell(_("This is no e-mail address. Write one such as mia@example.com.")) from None
    return address


def time_zone(value: str) -> str:
    """Read a time zone."""
    decision = is_time_zone(value)
    if not decision:
        raise WrongCell(f"{decision.reason} {decision.next_step}")
    return value


def parts(value: str) -> tuple[str, ...]:
    """The parts of a cell that lists several things, separated by semicolons; each named once."""
    return tuple(dict.fromkeys(part for part in map(str.strip, value.split(";")) if part))


def shortened(value: str, limit: int = 200) -> str:
    """A value as a message shows it."""
    return value if len(value) <= limit else value[: limit - 1] + "…"
