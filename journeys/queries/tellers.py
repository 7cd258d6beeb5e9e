"""Per scan rule, the sentence that names the subject of a flag, and the facts behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journeys.models import Flag
from journeys.queries.words import Told, Words, crossing_of, day, linked_journey, named, say, signed

Teller = Callable[[Flag, Words], Told]


def _share(flag: Flag) -> dict[str, Any]:
    return {"owned": flag.evidence.get("owned", 0), "live": flag.evidence.get("live", 0)}


def _volume(volume: Any) -> str:
    if not volume:
        return ""
    count = ngettext("%(n)s contact a year", "%(n)s contacts a year", volume)
    return count % {"n": number_format(volume, force_grouping=True)}


def _feeling(flag: Flag) -> str:
    source, target = flag.evidence.get("from_emotion"), flag.evidence.get("to_emotion")
    if source is None or target is None:
        return ""
    values = {"source": signed(source), "target": signed(target)}
    if target < source:
        return _("emotion falls from %(source)s to %(target)s") % values
    if min(source, target) < 0:
        return _("emotion %(source)s, then %(target)s") % values
    return ""


def _no_owner(flag: Flag, words: Words) -> Told:
    sentence = say(
        _("%(touchpoint)s in %(unit)s has no owner"),
        touchpoint=named(flag.touchpoint),
        unit=words.unit(flag.unit_id),
    )
    truth = _("moment of truth") if flag.evidence.get("moment_of_truth") else ""
    return sentence, (truth, _volume(flag.evidence.get("volume")))


def _unknown_owner(flag: Flag, words: Words) -> Told:
    return say(
        _("%(touchpoint)s in %(unit)s: “%(reference)s” was named as its owner, and nobody knows who that is"),
        touchpoint=named(flag.touchpoint),
        unit=words.unit(flag.unit_id),
        reference=flag.evidence.get("reference", ""),
    ), ()


def _inactive_owner(flag: Flag, words: Words) -> Told:
    return say(
        _("%(person)s answered for %(touchpoint)s and has left; %(department)s has no active lead"),
        person=words.other("person", flag.evidence.get("person")),
        touchpoint=named(flag.touchpoint),
        department=words.department(flag.department_id),
    ), ()


def _closed_department(flag: Flag, words: Words) -> Told:
    sentence = say(
        _("%(touchpoint)s is owned by %(department)s, where nobody works any more"),
        touchpoint=named(flag.touchpoint),
        department=words.department(flag.department_id),
    )
    successor = words.known.departments.get(flag.evidence.get("successor") or 0)
    return sentence, (_("its successor is %(name)s") % {"name": successor.name} if successor else "",)


def _outside_unit(flag: Flag, words: Words) -> Told:
    return say(
        _("%(touchpoint)s happens in %(unit)s and is owned by %(department)s of %(other)s; nobody entitled said yes"),
        touchpoint=named(flag.touchpoint),
        unit=words.unit(flag.unit_id),
        department=words.department(flag.department_id),
        other=words.unit(flag.other_unit_id),
    ), ()


def _contested(flag: Flag, words: Words) -> Told:
    return say(
        _("%(claims)s departments claim %(touchpoint)s in %(unit)s"),
        claims=flag.evidence.get("claims", 2),
        touchpoint=named(flag.touchpoint),
        unit=words.unit(flag.unit_id),
    ), ()


def _claim_overdue(flag: Flag, words: Words) -> Told:
    sentence = say(
        _("The claim of %(department)s on %(touchpoint)s was to be decided by %(day)s"),
        department=words.department(flag.evidence.get("claimant")),
        touchpoint=named(flag.touchpoint),
        day=day(flag.evidence.get("due_on")),
    )
    return sentence, (_("denied by itself on %(day)s") % {"day": day(flag.evidence.get("denied_on"))},)


def _unattested(flag: Flag, words: Words) -> Told:
    disputed = flag.evidence.get("disputed_at")
    text = (
        _("%(department)s said on %(day)s that %(touchpoint)s is not theirs")
        if disputed
        else _("Nobody has confirmed since %(day)s that %(department)s still owns %(touchpoint)s")
    )
    return say(
        text,
        department=words.department(flag.department_id),
        touchpoint=named(flag.touchpoint),
        day=day(disputed or flag.evidence.get("confirmed_at")),
    ), ()


def _overloaded_owner(flag: Flag, words: Words) -> Told:
    return say(
        _("%(person)s answers for %(owned)s touchpoints"),
        person=words.other("person", flag.subject_id),
        owned=flag.evidence.get("owned", 0),
    ), ()


def _boundary_gap(flag: Flag, words: Words) -> Told:
    into = flag.crossing is not None and flag.crossing.target_id == flag.touchpoint_id
    if flag.unit_id == flag.other_unit_id:
        text = (
            _("%(crossing)s: inside %(unit)s, customers step from an owned touchpoint into nobody’s")
            if into
            else _("%(crossing)s: inside %(unit)s, customers step out of nobody’s touchpoint into an owned one")
        )
    elif into:
        text = _("%(crossing)s: customers step from %(other)s into nobody’s touchpoint in %(unit)s")
    else:
        text = _("%(crossing)s: customers step out of nobody’s touchpoint in %(unit)s into %(other)s")
    sentence = say(
        text, crossing=crossing_of(flag), unit=words.unit(flag.unit_id), other=words.unit(flag.other_unit_id)
    )
    return sentence, (_feeling(flag),)


def _unaccepted_handoff(flag: Flag, words: Words) -> Told:
    if flag.evidence.get("broken_handoff"):
        text = _("%(crossing)s: the handoff from %(source)s to %(target)s is not kept")
    else:
        text = _("%(crossing)s: %(source)s and %(target)s have not agreed how customers are handed over")
    sentence = say(
        text,
        crossing=crossing_of(flag),
        source=words.department(flag.evidence.get("from_department")),
        target=words.department(flag.evidence.get("to_department")),
    )
    return sentence, (_feeling(flag),)


def _stage_gap(flag: Flag, words: Words) -> Told:
    if flag.evidence.get("live"):
        text = _("%(stage)s in %(journey)s: %(owned)s of %(live)s touchpoints are owned")
    else:
        text = _("%(stage)s in %(journey)s has no live touchpoint")
    journey = linked_journey(flag.journey)
    return say(text, stage=words.other("stage", flag.subject_id), journey=journey, **_share(flag)), ()


def _siloed_unit(flag: Flag, words: Words) -> Told:
    internal, external = flag.evidence.get("internal", 0), flag.evidence.get("external", 0)
    sentence = say(
        _("%(unit)s: %(internal)s of %(all)s crossings stay inside the unit"),
        unit=format_html("<b>{}</b>", words.unit(flag.unit_id)),
        internal=internal,
        all=internal + external,
    )
    index = number_format((flag.evidence.get("ei_index") or 0) / 1000, 2).replace("-", "−")
    return sentence, (_("E-I index %(index)s, n = %(n)s") % {"index": index, "n": internal + external},)


def _coverage_drop(flag: Flag, words: Words) -> Told:
    share = _share(flag)
    sentence = say(
        _("%(unit)s: %(owned)s of %(live)s live touchpoints are owned"),
        unit=format_html("<b>{}</b>", words.unit(flag.unit_id)),
        **share,
    )
    return sentence, (f"{share['owned'] * 100 // share['live']} %" if share["live"] else "",)


def _no_technology_owner(flag: Flag, words: Words) -> Told:
    live = flag.evidence.get("live", 0)
    person = flag.evidence.get("person")
    text = (
        _("%(person)s, who owned %(system)s in technology, has left")
        if person
        else _("%(system)s has nobody in technology who owns it")
    )
    sentence = say(
        text, system=words.other("system", flag.subject_id), person=words.other("person", person) if person else ""
    )
    behind = ngettext("behind %(n)d live touchpoint", "behind %(n)d live touchpoints", live) % {"n": live}
    return sentence, (behind,)


_tellers: dict[str, Teller] = {
    "no-owner": _no_owner,
    "unknown-owner": _unknown_owner,
    "inactive-owner": _inactive_owner,
    "closed-department": _closed_department,
    "outside-unit": _outside_unit,
    "contested": _contested,
    "claim-overdue": _claim_overdue,
    "unattested": _unattested,
    "overloaded-owner": _overloaded_owner,
    "boundary-gap": _boundary_gap,
    "unaccepted-handoff": _unaccepted_handoff,
    "stage-gap": _stage_gap,
    "siloed-unit": _siloed_unit,
    "coverage-drop": _coverage_drop,
    "no-technology-owner": _no_technology_owner,
}


def add_teller(code: str, teller: Teller) -> None:
    """Let flags of this rule be told so."""
    _tellers[code] = teller


def teller_of(code: str) -> Teller | None:
    """Who tells of this rule."""
    return _tellers.get(code)
