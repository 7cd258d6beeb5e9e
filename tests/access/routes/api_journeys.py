"""The API of journeys and what they are made of, as the session of a page goes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from journeys import commands
from journeys.models import Journey
from tests.access.ways import INSIDERS, Way
from tests.cast import Cast
from workspace import clock
from workspace.organisation.commands import create_person, share
from workspace.organisation.models import Person

BUILDERS = ("lead", "other_lead", "head", "other_head", "executive", "administrator")
INVITED = (*INSIDERS, "invited_guest")
LISTS = (*INSIDERS, "guest", "invited_guest")


def ways(cast: Cast) -> list[Way]:
    """An empty stage, an archived journey, a system, and a journey that is shared with a printer."""
    actor = cast.administrator
    empty = commands.add_stage(cast.journey, name="Give back", actor=actor)
    removed = commands.remove_stage(commands.add_stage(cast.journey, name="Wrap", actor=actor), actor=actor)
    old = commands.create_journey("A former way", actor=actor)
    commands.archive_journey(old, actor=actor)
    system = commands.create_system("Cash register", actor=actor)
    printer, agency = (
        create_person(f"{name}@paper.example", name=name, role=Person.Role.GUEST, actor=actor)
        for name in ("printer", "agency")
    )
    until = clock.today() + timedelta(days=30)
    share(Journey.NOUN, cast.journey.pk, guest=printer, until=until, actor=cast.executive)
    day, later = until.isoformat(), (until + timedelta(days=1)).isoformat()
    v1 = "/api/v1/"
    persona, journey = f"{v1}personas/{cast.journey.persona_id}/", f"{v1}journeys/{cast.journey.pk}/"
    stage, till = f"{v1}stages/{empty.pk}/", f"{v1}touchpoints/{cast.till.pk}/"
    crossing = cast.crossing(cast.compare_online, cast.till)
    desk = {"name": "Cash desk", "unit": cast.service.pk, "stage": cast.pay.pk}
    renamed = {"id": cast.till.pk, "name": "Cash desk", "base_version": None}

    def built(route: str, path: str, data: dict[str, Any] | None = None, method: str = "POST", done: int = 0) -> Way:
        headers = {"If-Match": "*"} if method in ("PATCH", "DELETE") else {}
        return Way(f"api:{route}", path, method, BUILDERS, data or {}, done=done, headers=headers)

    return [
        Way("api:persona-list", f"{v1}personas/", by=LISTS),
        Way("api:persona-detail", persona, by=INVITED),
        built("persona-list", f"{v1}personas/", {"name": "Otto, retires"}, done=201),
        built("persona-detail", persona, {"name": "Freya"}, "PATCH"),
        Way("api:system-list", f"{v1}systems/"),
        Way("api:system-detail", f"{v1}systems/{system.pk}/"),
        built("system-list", f"{v1}systems/", {"name": "Web shop"}, done=201),
        built("system-detail", f"{v1}systems/{system.pk}/", {"name": "Till"}, "PATCH"),
        built("system-technology-owner", f"{v1}systems/{system.pk}/technology-owner/", {"person": cast.member.pk}),
        Way("api:journey-list", f"{v1}journeys/", by=LISTS),
        Way("api:journey-detail", journey, by=INVITED),
        built("journey-list", f"{v1}journeys/", {"name": "Returning"}, done=201),
        built("journey-detail", journey, {"name": "Buying"}, "PATCH"),
        built("journey-archive", f"{journey}archive/"),
        built("journey-restore", f"{v1}journeys/{old.pk}/restore/"),
        Way("api:journey-export", f"{journey}export/"),
        Way("api:journey-shares", f"{journey}shares/", by=BUILDERS),
        built("journey-share", f"{journey}share/", {"guest": agency.pk, "until": day}),
        built("journey-change-share", f"{journey}change-share/", {"guest": printer.pk, "until": later}),
        built("journey-unshare", f"{journey}unshare/", {"guest": printer.pk}),
        built(
            "journey-invite-guest",
            f"{journey}invite-guest/",
            {"name": "Nobody yet", "email": "new@agency.example", "until": day},
        ),
        Way("api:stage-list", f"{v1}stages/", by=LISTS),
        Way("api:stage-detail", stage, by=INVITED),
        built("stage-list", f"{v1}stages/", {"journey": cast.journey.pk, "name": "Repair"}, done=201),
        built("stage-detail", stage, {"name": "Send back"}, "PATCH"),
        built("stage-move", f"{stage}move/", {"before": cast.notice.pk}),
        built("stage-detail", stage, method="DELETE", done=204),
        built("stage-restore", f"{v1}stages/{removed.pk}/restore/"),
        Way("api:touchpoint-list", f"{v1}touchpoints/", by=LISTS),
        Way("api:touchpoint-detail", till, by=INVITED),
        built("touchpoint-list", f"{v1}touchpoints/", desk, done=201),
        built("touchpoint-detail", till, {"name": "Cash desk"}, "PATCH"),
        built("touchpoint-move", f"{till}move/", {"stage": cast.use.pk}),
        built("touchpoint-retire", f"{till}retire/"),
        built("touchpoint-bulk-create", f"{v1}touchpoints/bulk-create/", {"items": [desk]}),
        built("touchpoint-bulk-change", f"{v1}touchpoints/bulk-change/", {"items": [renamed]}),
        Way("api:crossing-list", f"{v1}crossings/"),
        Way("api:crossing-detail", f"{v1}crossings/{crossing.pk}/"),
    ]
