"""Keys at the end of a gap: close to one neighbour, so that the next ones fit in beside them without longer keys.

A key is an integer part, whose first character tells its length, and a fraction, both in 62 digits in the order of
their bytes (see the library `fractional_indexing`). Halving a gap makes a key longer by one character with every five
stories that are put to the same end; counting on in three digits of a fraction lasts for 238,000.
"""

from __future__ import annotations

from fractional_indexing import (  # type: ignore[import-untyped]
    BASE_62_DIGITS,
    generate_key_between,
    get_integer_part,
)

DIGITS: str = BASE_62_DIGITS
STEP = 3
"""Digits by which a fraction grows when there is no room left in it."""


def key_close_after(lower: str, upper: str) -> str:
    """A key right behind `lower`, before `upper`."""
    whole: str = get_integer_part(lower)
    fraction = lower[len(whole) :]
    width = max(len(fraction), STEP)
    for digits in (width, width + STEP):
        number = _number(fraction.ljust(digits, DIGITS[0])) + 1
        number += number % len(DIGITS) == 0  # no key ends in a zero, and the next one counts on in as many digits
        if number < len(DIGITS) ** digits and (key := whole + _fraction(number, digits)) < upper:
            return key
    return str(generate_key_between(lower, upper))


def key_close_before(lower: str, upper: str) -> str:
    """A key right before `upper`, behind `lower`."""
    whole: str = get_integer_part(upper)
    fraction = upper[len(whole) :]
    width = max(len(fraction), STEP)
    for digits in (width, width + STEP):
        number = _number(fraction.ljust(digits, DIGITS[0])) - 1
        number -= number % len(DIGITS) == 0
        key = whole + _fraction(number, digits) if number >= 0 else _before(whole) + DIGITS[-1] * digits
        if key > lower:
            return key
    return str(generate_key_between(lower, upper))


def _before(whole: str) -> str:
    """The integer part before this one."""
    return str(generate_key_between(None, whole))


def _number(fraction: str) -> int:
    number = 0
    for digit in fraction:
        number = number * len(DIGITS) + DIGITS.index(digit)
    return number


def _fraction(number: int, digits: int) -> str:
    text = ""
    for _ in range(digits):
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    return text
