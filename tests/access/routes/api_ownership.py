"""The API of ownership: what is done at touchpoints, claims, handoffs, flags, scans and coverage."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.files.base import ContentFile

from journeys import commands
from journeys.models import CoverageSnapshot
from tests.access.ways import INSIDERS, Way
from tests.cast import Cast
from tests.journeys.reading import current
from workspace import clock
from workspace.activity.commands.jobs import work_on
from workspace.activity.models import Job
from workspace.organisation.commands.imports import import_upload
from workspace.organisation.models import Person

API = "/api/v1"
ANSWERING = ("head", "executive", "administrator")
GIVING = ("lead", "head", "executive")
DECIDING = ("head", "executive")
WHY = {"reason": "Because."}


def ways(cast: Cast) -> list[Way]:
    """Shops waits for the till, Billing has the receipt, Care calls for another owner of the fault line."""
    commands.waive_flag(
        cast.flag("no-owner", cast.fault_line), until=_day(30), reason="Rebuilt.", actor=cast.service_head
    )
    commands.claim_touchpoint(cast.fault_line, department=cast.care, actor=cast.care_lead)
    commands.note_coverage(clock.today())
    return [*_at_touchpoints(cast), *_of_claims(cast), *_of_handoffs(cast), *_of_flags(cast), *_others(cast)]


def _day(ahead: int) -> date:
    return clock.today() + timedelta(days=ahead)


def _at_touchpoints(cast: Cast) -> list[Way]:
    till, receipt = f"{API}/touchpoints/{cast.till.pk}/", f"{API}/touchpoints/{cast.receipt.pk}/"
    billing, care = {"department": cast.billing.pk}, {"department": cast.care.pk}
    pk = current(cast.receipt).pk
    ownership = f"{API}/ownerships/{pk}/"
    changes, days = f"{API}/ownerships/changes/", f"from={_day(-30)}&until={_day(0)}"
    one, of_others = {"items": [{"id": pk, **WHY}]}, dict.fromkeys((kind for kind in INSIDERS if kind != "lead"), 200)
    return [
        Way("api:touchpoint-claim", f"{till}claim/", "POST", ("lead", "head"), billing, done=201),
        Way("api:touchpoint-assign", f"{till}assign/", "POST", DECIDING, care),
        Way("api:touchpoint-transfer", f"{receipt}transfer/", "POST", DECIDING, care),
        Way("api:touchpoint-release", f"{receipt}release/", "POST", GIVING, WHY),
        Way("api:touchpoint-accountable-person", f"{receipt}accountable-person/", "POST", GIVING, {"person": None}),
        # Billing belongs to the unit itself: those who could approve an owner from outside have nothing to approve.
        Way("api:touchpoint-approve-owner", f"{receipt}approve-owner/", "POST", DECIDING,
            answers=dict.fromkeys(DECIDING, 422)),
        Way("api:touchpoint-attest", f"{receipt}attest/", "POST", ("lead",), {"mine": True}),
        Way("api:touchpoint-call", f"{receipt}call/", "POST", GIVING, WHY, done=201),
        Way("api:ownership-list", f"{API}/ownerships/"),
        Way("api:ownership-changes", f"{changes}?{days}"),
        Way("api:ownership-changes-export", f"{changes}export/?{days}"),
        Way("api:ownership-detail", ownership),
        Way("api:ownership-attest", f"{ownership}attest/", "POST", ("lead",)),
        Way("api:ownership-dispute", f"{ownership}dispute/", "POST", ("lead",), WHY),
        Way("api:ownership-bulk-attest", f"{API}/ownerships/bulk-attest/", "POST", ("lead",),
            {"items": [{"id": pk}]}, of_others),
        Way("api:ownership-bulk-dispute", f"{API}/ownerships/bulk-dispute/", "POST", ("lead",), one, of_others),
    ]  # fmt: skip


def _of_claims(cast: Cast) -> list[Way]:
    made = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_deputy)
    asked = commands.call_for_owner(cast.fault_line, reason="Away.", ends_on=_day(7), actor=cast.care_lead)
    claim, call = f"{API}/claims/{made.pk}/", f"{API}/calls/{asked.pk}/"
    return [
        Way("api:claim-list", f"{API}/claims/"),
        Way("api:claim-detail", claim),
        Way("api:claim-approve", f"{claim}approve/", "POST", DECIDING),
        Way("api:claim-deny", f"{claim}deny/", "POST", DECIDING, WHY),
        Way("api:claim-withdraw", f"{claim}withdraw/", "POST", ("other_lead", "other_head")),
        Way("api:call-list", f"{API}/calls/"),
        Way("api:call-detail", call),
        Way("api:call-withdraw", f"{call}withdraw/", "POST", DECIDING),
    ]


def _of_handoffs(cast: Cast) -> list[Way]:
    """One is proposed to Shops, another one is agreed with it; on a third crossing, nobody has proposed one."""
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.online, actor=cast.online_lead)
    waits = commands.propose_handoff(
        cast.crossing(cast.shop_window, cast.compare_online), what="The leaflet", actor=cast.online_lead
    )
    agreed = commands.propose_handoff(
        cast.crossing(cast.shop_window, cast.ask_a_seller), what="The leaflet", actor=cast.online_lead
    )
    commands.accept_handoff(agreed, actor=cast.shops_lead)
    handoffs = f"{API}/handoffs/"
    third = {"crossing": cast.crossing(cast.receipt, cast.fault_line).pk, "what": "The invoice"}
    return [
        Way("api:handoff-list", handoffs),
        Way("api:handoff-list", handoffs, "POST", ("lead",), third, done=201),
        Way("api:handoff-detail", f"{handoffs}{waits.pk}/"),
        Way("api:handoff-accept", f"{handoffs}{waits.pk}/accept/", "POST", ("other_lead",)),
        Way("api:handoff-decline", f"{handoffs}{waits.pk}/decline/", "POST", ("other_lead",), WHY),
        Way("api:handoff-report-broken", f"{handoffs}{agreed.pk}/report-broken/", "POST", ("other_lead",), WHY),
    ]


def _of_flags(cast: Cast) -> list[Way]:
    pk = cast.flag("no-owner", cast.till).pk
    flags, flag = f"{API}/flags/", f"{API}/flags/{pk}/"
    silence = {**WHY, "until": str(_day(3))}

    def bulk(action: str, by: tuple[str, ...], **given: object) -> Way:
        """Whoever may not is told so flag by flag."""
        told = dict.fromkeys((kind for kind in INSIDERS if kind not in by), 200)
        return Way(
            f"api:flag-bulk-{action}", f"{flags}bulk-{action}/", "POST", by, {"items": [{"id": pk, **given}]}, told
        )

    return [
        Way("api:flag-list", flags),
        Way("api:flag-detail", flag),
        Way("api:flag-export", f"{flags}export/?severity=high"),
        Way("api:flag-acknowledge", f"{flag}acknowledge/", "POST", ANSWERING),
        Way("api:flag-snooze", f"{flag}snooze/", "POST", ANSWERING, silence),
        Way("api:flag-waive", f"{flag}waive/", "POST", ANSWERING, silence),
        # It is not silenced.
        Way("api:flag-end-silence", f"{flag}end-silence/", "POST", ANSWERING, answers=dict.fromkeys(ANSWERING, 422)),
        bulk("acknowledge", ANSWERING),
        bulk("snooze", ANSWERING, **silence),
        bulk("waive", ANSWERING, **silence),
        bulk("claim", ("lead", "head"), department=cast.billing.pk),
        bulk("assign", DECIDING, department=cast.care.pk),
        Way("api:waiver-list", f"{API}/waivers/"),
        Way("api:waiver-detail", f"{API}/waivers/{cast.flag('no-owner', cast.fault_line).waivers.get().pk}/"),
    ]


def _import_of(person: Person) -> Job:
    """An import that is done, with a row that was rejected."""
    columns = "external_id,journey,stage,touchpoint,channel,business_unit,owner_department"
    file = ContentFile(f"{columns}\nT,Buying,Pay,Desk,web,Nowhere,\n".encode())
    job = import_upload("touchpoints", file, name="file.csv", actor=person)
    work_on(job.pk)
    return job


def _others(cast: Cast) -> list[Way]:
    job = commands.request_scan(actor=cast.executive)
    noted = CoverageSnapshot.objects.order_by("pk").values_list("pk", flat=True)[0]
    scanning = ("executive", "administrator")
    overloaded = f"{API}/rules/overloaded-owner/"
    sets = {"settings": {"overloaded_above": 20}, "base_version": 0}
    asked = _import_of(cast.executive)
    own, imports = dict.fromkeys((kind for kind in INSIDERS if kind != "executive"), 404), f"{API}/imports/"
    nothing_sent = dict.fromkeys(INSIDERS, 400)  # what is sent as a file: tests/api/test_imports.py
    return [
        Way("api:import-list", imports),
        Way("api:import-list", imports, "POST", (), {"kind": "journeys"}, answers=nothing_sent),
        Way("api:import-detail", f"{imports}{asked.pk}/", by=("executive",), answers=own),
        Way("api:import-rejected", f"{imports}{asked.pk}/rejected/", by=("executive",), answers=own),
        Way("api:rule-list", f"{API}/rules/"),
        Way("api:rule-detail", overloaded),
        Way("api:rule-detail", overloaded, "PATCH", ("administrator",), sets, scope="admin"),
        Way("api:scan-list", f"{API}/scans/"),
        Way("api:scan-list", f"{API}/scans/", "POST", scanning, done=202, is_recorded=False),
        Way("api:scan-detail", f"{API}/scans/{job.pk}/"),
        Way("api:coverage-list", f"{API}/coverage/"),
        Way("api:coverage-detail", f"{API}/coverage/{noted}/"),
    ]
