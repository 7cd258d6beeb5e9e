"""A flag in human words: per rule, the sentence that names its subject, and the facts behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Value
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journeys.models import Flag, Stage, System, Touchpoint
from journeys.queries.catalogue import find
from journeys.queries.directory import Directory
from workspace.organisation.models import Person


@dataclass(frozen=True, slots=True)
class Explanation:
    """`sentence` names and links the subject, `facts` stand beside it."""

    title: str
    sentence: SafeString
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The names that sentences need: departments and units, and people, stages and systems by (noun, id)."""

    known: Directory
    names: Mapping[tuple[str, int], str]

    def department(self, department_id: Any) -> SafeString:
        """The name of a department."""
        department = self.known.departments.get(department_id)
        return format_html("<b>{}</b>", department.name if department else _("a department"))

    def unit(self, unit_id: Any) -> str:
        """The name of a unit."""
        unit = self.known.units.get(unit_id)
        return unit.name if unit else _("no unit")

    def other(self, noun: str, subject_id: Any) -> SafeString:
        """The name of a person, stage or system."""
        return format_html("<b>{}</b>", self.names.get((noun, subject_id), _("(deleted)")))


def words_for(flags: Iterable[Flag], known: Directory) -> Words:
    """Read the names that the sentences of these flags need: at most 1 statement."""
    wanted: dict[str, set[int]] = {"person": set(), "stage": set(), "system": set()}
    for flag in flags:
        if flag.subject_kind in wanted:
            wanted[flag.subject_kind].add(flag.subject_id)
        if flag.evidence.get("person"):
            wanted["person"].add(flag.evidence["person"])
    arms = [
        model._default_manager.filter(pk__in=wanted[noun])
        .order_by()
        .values_list(Value(noun, CharField()), "pk", "name")
        for noun, model in (("person", Person), ("stage", Stage), ("system", System))
        if wanted[noun]
    ]
    rows: Any = arms[0].union(*arms[1:], all=True) if arms else []
    return Words(known, {(noun, pk): name for noun, pk, name in rows})


def explain(flag: Flag, words: Words) -> Explanation:
    """The flag in words. Its touchpoint (with stage), crossing (with both ends) and journey have been read with it."""
    rule = find(flag.rule)
    title = str(rule.title) if rule else flag.rule
    teller = _TELLERS.get(flag.rule)
    if teller is None:
        about: object = _named(flag.touchpoint) if flag.touchpoint else flag.journey or words.unit(flag.unit_id)
        return Explanation(title, format_html("{}: {}", about, rule.why if rule else flag.rule))
    sentence, facts = teller(flag, words)
    return Explanation(title, sentence, tuple(fact for fact in facts if fact))


_Told = tuple[SafeString, Iterable[str]]


def _say(text: str, **parts: object) -> SafeString:
    """A translated sentence with its places filled, each escaped unless it is safe already."""
    return SafeString(text % {name: format_html("{}", part) for name, part in parts.items()})


def _link(touchpoint: Touchpoint) -> SafeString:
    return format_html('<a href="{}">{}</a>', touchpoint.get_absolute_url(), touchpoint.name)


def _named(touchpoint: Touchpoint | None) -> SafeString:
    """A touchpoint as "Till (Pay, shop)"."""
    if touchpoint is None:
        return format_html("{}", _("(deleted)"))
    where = ", ".join(part for part in (touchpoint.stage.name, touchpoint.channel.replace("_", " ")) if part)
    return format_html("{} ({})", _link(touchpoint), where)


def _crossing(flag: Flag) -> SafeString:
    if flag.crossing is None:
        return format_html("{}", _("(deleted)"))
    return format_html("{} → {}", _link(flag.crossing.source), _link(flag.crossing.target))


def _day(value: Any) -> str:
    """A day or a moment of the evidence, which came through JSON."""
    parsed: date | datetime | None = value if isinstance(value, date | datetime) else None
    if isinstance(value, str):
        parsed = parse_datetime(value) if len(value) > len("2026-01-01") else parse_date(value)
    if parsed is None:
        return str(value or "")
    return date_format(localtime(parsed) if isinstance(parsed, datetime) and parsed.tzinfo else parsed, "j F Y")


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
    values = {"source": _signed(source), "target": _signed(target)}
    if target < source:
        return _("emotion falls from %(source)s to %(target)s") % values
    if min(source, target) < 0:
        return _("emotion %(source)s, then %(target)s") % values
    return ""


def _signed(value: int) -> str:
    return f"{value:+d}".replace("-", "−") if value else "0"


def _no_owner(flag: Flag, words: Words) -> _Told:
    sentence = _say(
        _("%(touchpoint)s in %(unit)s has no owner"),
        touchpoint=_named(flag.touchpoint),
        unit=words.unit(flag.unit_id),
    )
    truth = _("moment of truth") if flag.evidence.get("moment_of_truth") else ""
    return sentence, (truth, _volume(flag.evidence.get("volume")))


def _unknown_owner(flag: Flag, words: Words) -> _Told:
    return _say(
        _("%(touchpoint)s in %(unit)s: “%(reference)s” was named as its owner, and nobody knows who that is"),
        touchpoint=_named(flag.touchpoint),
        unit=words.unit(flag.unit_id),
        reference=flag.evidence.get("reference", ""),
    ), ()


def _inactive_owner(flag: Flag, words: Words) -> _Told:
    return _say(
        _("%(person)s answered for %(touchpoint)s and has left; %(department)s has no active lead"),
        person=words.other("person", flag.evidence.get("person")),
        touchpoint=_named(flag.touchpoint),
        department=words.department(flag.department_id),
    ), ()


def _closed_department(flag: Flag, words: Words) -> _Told:
    sentence = _say(
        _("%(touchpoint)s is owned by %(department)s, where nobody works any more"),
        touchpoint=_named(flag.touchpoint),
        department=words.department(flag.department_id),
    )
    successor = words.known.departments.get(flag.evidence.get("successor") or 0)
    return sentence, (_("its successor is %(name)s") % {"name": successor.name} if successor else "",)


def _outside_unit(flag: Flag, words: Words) -> _Told:
    return _say(
        _("%(touchpoint)s happens in %(unit)s and is owned by %(department)s of %(other)s; nobody entitled said yes"),
        touchpoint=_named(flag.touchpoint),
        unit=words.unit(flag.unit_id),
        department=words.department(flag.department_id),
        other=words.unit(flag.other_unit_id),
    ), ()


def _contested(flag: Flag, words: Words) -> _Told:
    return _say(
        _("%(claims)s departments claim %(touchpoint)s in %(unit)s"),
        claims=flag.evidence.get("claims", 2),
        touchpoint=_named(flag.touchpoint),
        unit=words.unit(flag.unit_id),
    ), ()


def _claim_overdue(flag: Flag, words: Words) -> _Told:
    sentence = _say(
        _("The claim of %(department)s on %(touchpoint)s was to be decided by %(day)s"),
        department=words.department(flag.evidence.get("claimant")),
        touchpoint=_named(flag.touchpoint),
        day=_day(flag.evidence.get("due_on")),
    )
    return sentence, (_("denied by itself on %(day)s") % {"day": _day(flag.evidence.get("denied_on"))},)


def _unattested(flag: Flag, words: Words) -> _Told:
    disputed = flag.evidence.get("disputed_at")
    text = (
        _("%(department)s said on %(day)s that %(touchpoint)s is not theirs")
        if disputed
        else _("Nobody has confirmed since %(day)s that %(department)s still owns %(touchpoint)s")
    )
    return _say(
        text,
        department=words.department(flag.department_id),
        touchpoint=_named(flag.touchpoint),
        day=_day(disputed or flag.evidence.get("confirmed_at")),
    ), ()


def _overloaded_owner(flag: Flag, words: Words) -> _Told:
    return _say(
        _("%(person)s answers for %(owned)s touchpoints"),
        person=words.other("person", flag.subject_id),
        owned=flag.evidence.get("owned", 0),
    ), ()


def _boundary_gap(flag: Flag, words: Words) -> _Told:
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
    sentence = _say(text, crossing=_crossing(flag), unit=words.unit(flag.unit_id), other=words.unit(flag.other_unit_id))
    return sentence, (_feeling(flag),)


def _unaccepted_handoff(flag: Flag, words: Words) -> _Told:
    sentence = _say(
        _("%(crossing)s: %(source)s and %(target)s have not agreed how customers are handed over"),
        crossing=_crossing(flag),
        source=words.department(flag.evidence.get("from_department")),
        target=words.department(flag.evidence.get("to_department")),
    )
    return sentence, (_feeling(flag),)


def _stage_gap(flag: Flag, words: Words) -> _Told:
    if flag.evidence.get("live"):
        text = _("%(stage)s in %(journey)s: %(owned)s of %(live)s touchpoints are owned")
    else:
        text = _("%(stage)s in %(journey)s has no live touchpoint")
    journey = (
        format_html('<a href="{}">{}</a>', flag.journey.get_absolute_url(), flag.journey.name)
        if flag.journey
        else _("(deleted)")
    )
    return _say(text, stage=words.other("stage", flag.subject_id), journey=journey, **_share(flag)), ()


def _siloed_unit(flag: Flag, words: Words) -> _Told:
    internal, external = flag.evidence.get("internal", 0), flag.evidence.get("external", 0)
    sentence = _say(
        _("%(unit)s: %(internal)s of %(all)s crossings stay inside the unit"),
        unit=format_html("<b>{}</b>", words.unit(flag.unit_id)),
        internal=internal,
        all=internal + external,
    )
    index = number_format((flag.evidence.get("ei_index") or 0) / 1000, 2).replace("-", "−")
    return sentence, (_("E-I index %(index)s, n = %(n)s") % {"index": index, "n": internal + external},)


def _coverage_drop(flag: Flag, words: Words) -> _Told:
    share = _share(flag)
    sentence = _say(
        _("%(unit)s: %(owned)s of %(live)s live touchpoints are owned"),
        unit=format_html("<b>{}</b>", words.unit(flag.unit_id)),
        **share,
    )
    return sentence, (f"{share['owned'] * 100 // share['live']} %" if share["live"] else "",)


def _no_technology_owner(flag: Flag, words: Words) -> _Told:
    live = flag.evidence.get("live", 0)
    person = flag.evidence.get("person")
    text = (
        _("%(person)s, who owned %(system)s in technology, has left")
        if person
        else _("%(system)s has nobody in technology who owns it")
    )
    sentence = _say(
        text, system=words.other("system", flag.subject_id), person=words.other("person", person) if person else ""
    )
    behind = ngettext("behind %(n)d live touchpoint", "behind %(n)d live touchpoints", live) % {"n": live}
    return sentence, (behind,)


_TELLERS: dict[str, Callable[[Flag, Words], _Told]] = {
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
