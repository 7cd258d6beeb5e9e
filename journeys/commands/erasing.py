"""Forgetting the address of an erased person where a file named it as an owner."""

from __future__ import annotations

from journeys.models import Flag, Touchpoint


def forget_address(email: str, instead: str) -> None:
    """Replace an address among the references of owners that nobody knew, and in the evidence of their flags."""
    Touchpoint.objects.filter(unmatched_owner__iexact=email).update(unmatched_owner=instead)
    for flag in Flag.objects.filter(rule="unknown-owner", evidence__reference__iexact=email):
        evidence = flag.evidence | {"reference": instead}
        Flag.objects.filter(pk=flag.pk).update(evidence=evidence)
