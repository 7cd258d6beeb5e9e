"""A person is erased for good: nothing says who it was, everything says what happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models

from journeys import commands as journeys
from journeys.models import Touchpoint
from journeys.queries.touchpoint_history import touchpoint_history
from tests.cast import Cast, deliver, scan
from workspace import clock
from workspace.activity.models import Event, Job
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation.commands import deactivate_person, erase_person, reactivate_person, set_delegate
from workspace.organisation.commands.imports import Outcome, import_file
from workspace.organisation.models import ImportedRow, Person, SavedView

pytestmark = pytest.mark.django_db

WHO, NAME = "quirin@example.com", "Quirin Zöldhegyi"
PEOPLE = (
    "email,name,department_code,job_title\n"
    f"{WHO.upper()},{NAME},SHOPS,Keeper of {NAME}\n"
    "mia@example.com,Mia Member,SHOPS,\n"
)
ORG = f"business_unit,department_code,department,lead_email\nRetail,SHOPS,Shops,{WHO}\n"
TOUCHPOINTS = (
    "external_id,journey,stage,touchpoint,channel,business_unit,owner_department,owner_email\n"
    f"a,Returns,Ask,Counter,store,Retail,SHOPS,{WHO}\n"
    f"b,Returns,Ask,Parcel shop,store,Retail,{WHO},\n"
    f"c,Returns,Ask,Hotline,phone,Service,CARE,{WHO}\n"
)


def bring(folder: Path, what: str, text: str) -> Outcome:
    file = folder / f"{what}.csv"
    file.write_text(text, encoding="utf-8")
    return import_file(what, file)


@pytest.fixture
def known(cast: Cast, tmp_path: Path, settings: Any) -> Person:
    """Somebody whom every part of the house knows: files, sessions, keys, flags, claims, jobs."""
    bring(tmp_path, "people", PEOPLE)
    bring(tmp_path, "org", ORG)
    bring(tmp_path, "touchpoints", TOUCHPOINTS)
    person = Person.objects.get(email=WHO)
    set_delegate(person, delegate=cast.member, actor=cast.administrator)
    scan()
    journeys.claim_touchpoint(cast.ask_a_seller, department=cast.shops, reason="Ours.", actor=person)
    journeys.assign_ownership(Touchpoint.objects.get(external_id="b"), department=cast.shops, actor=cast.executive)
    deliver()
    EmailAddress.objects.create(user=person, email=WHO, verified=True, primary=True)
    Authenticator.objects.create(user=person, type="totp", data={"secret": WHO})
    AccessLog.objects.create(username=WHO, ip_address="127.0.0.1", user_agent="x", path_info="/")
    AccessAttempt.objects.create(
        username=WHO, ip_address="127.0.0.1", user_agent="x", path_info="/", get_data="", failures_since_start=1
    )
    SavedView.objects.create(person=person, page="flags", name=f"Of {NAME}", query=f"q={WHO}")
    Job.objects.create(
        kind="journeys.climb", state="failed", created_at=clock.now(), error=f"{NAME}, {WHO}", result={"to": [WHO]}
    )
    deactivate_person(person, actor=cast.administrator)
    deliver()
    return person


def texts() -> Iterator[tuple[str, str]]:
    """Every text and JSON value of every table, with its place."""
    for model in apps.get_models():
        fields = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._default_manager.order_by().values(*fields) if fields else ():
            for name, value in row.items():
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                yield f"{model._meta.label}.{name}", text


def places_of(*words: str) -> set[str]:
    return {place for place, text in texts() if any(word.lower() in text.lower() for word in words)}


def test_no_table_says_who_it_was_and_the_log_is_as_it_was(cast: Cast, known: Person, tmp_path: Path):
    assert {"organisation.Person.email", "organisation.ImportedRow.cells", "activity.Job.error"} <= places_of(WHO, NAME)
    events = list(Event.objects.order_by("id").values_list("id", "kind", "actor", "subject_id", "data"))
    lengths = {t.pk: len(touchpoint_history(t)[0]) for t in Touchpoint.objects.order_by("pk")}

    erase_person(known, actor=cast.administrator)

    assert places_of(WHO, NAME, "Quirin", "quirin") == set()
    after = list(Event.objects.order_by("id").values_list("id", "kind", "actor", "subject_id", "data"))
    assert after[:-1] == events
    assert after[-1][1:] == ("person.erased", cast.administrator.pk, known.pk, {})
    assert {t.pk: len(touchpoint_history(t)[0]) for t in Touchpoint.objects.order_by("pk")} == lengths
    told = " ".join(str(entry.sentence) for entry in touchpoint_history(cast.ask_a_seller)[0])
    assert "Erased person" in told

    known.refresh_from_db()
    assert (known.name, known.email) == ("Erased person", f"erased-{known.pk}@erased.invalid")
    assert known.erased_at is not None
    assert not known.has_usable_password()
    assert known.delegate is None


def test_the_nightly_files_bring_nobody_back_and_change_nothing(cast: Cast, known: Person, tmp_path: Path):
    erase_person(known, actor=cast.administrator)
    events = Event.objects.count()
    people = Person.objects.count()

    again = bring(tmp_path, "people", PEOPLE)
    bring(tmp_path, "org", ORG)
    bring(tmp_path, "touchpoints", TOUCHPOINTS)

    assert (again.tally.rejected, again.tally.unchanged) == (1, 1)
    assert "This person was erased" in again.first_problems()[0]["reason"]
    assert Person.objects.count() == people
    assert Event.objects.count() == events
    assert places_of(WHO, NAME) == set()


def test_a_file_with_new_words_beside_the_address_brings_it_back_no_more(cast: Cast, known: Person, tmp_path: Path):
    erase_person(known, actor=cast.administrator)
    bring(tmp_path, "people", PEOPLE.replace("Keeper", "Head"))
    bring(tmp_path, "touchpoints", TOUCHPOINTS.replace("Hotline", "Helpline"))
    assert Touchpoint.objects.filter(name="Helpline").exists()
    assert places_of(WHO, NAME) == set()


def test_whoever_was_hired_again_by_hand_is_somebody_new_to_the_files(cast: Cast, known: Person, tmp_path: Path):
    from workspace.organisation.commands import create_person

    erase_person(known, actor=cast.administrator)
    create_person(WHO, name=NAME, department=cast.shops, actor=cast.administrator)
    outcome = bring(tmp_path, "people", PEOPLE)
    assert outcome.tally.rejected == 0
    assert Person.objects.filter(email=WHO).count() == 1


def test_only_administrators_erase_and_only_who_is_deactivated(cast: Cast):
    with pytest.raises(NotAllowed):
        erase_person(cast.leaver, actor=cast.executive)
    with pytest.raises(RuleBroken, match="Mia Member is not deactivated"):
        erase_person(cast.member, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="last administrator"):
        erase_person(cast.administrator, actor=cast.administrator)
    erase_person(cast.leaver, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="erased already"):
        erase_person(cast.leaver, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="was erased"):
        reactivate_person(cast.leaver, actor=cast.administrator)


def test_it_is_done_from_the_terminal_too(cast: Cast, capsys):
    with pytest.raises(CommandError, match="nobody with this address"):
        call_command("erase_person", "nobody@example.com")
    with pytest.raises(CommandError, match="not deactivated"):
        call_command("erase_person", "mia@example.com")
    call_command("erase_person", " Lena@Example.com ")
    assert f"number {cast.leaver.pk}" in capsys.readouterr().out
    assert not ImportedRow.objects.filter(key__contains="lena").exists()


def test_jobs_lose_whole_words_alone(cast: Cast):
    from workspace.organisation.commands import create_person

    eva = create_person("eva@example.com", name="Eva", actor=cast.administrator)
    told = "Evaluation by EVA, (Eva's) mail to 'eva@example.com': seva@example.com, eva@example.com.au, eva-maria"
    failed = Job.objects.create(
        kind="x", state="failed", created_at=clock.now(), error=told, args={"reason": told, "file": "evaluation.csv"}
    )
    waiting = Job.objects.create(
        kind="x",
        created_at=clock.now(),
        args={"reason": "Eva, for eva@example.com", "file": "Eva/evaluation.csv", "to": ["EVA@example.com"]},
        cursor={"after": "Eva"},
        error="Eva is away",
    )
    deactivate_person(eva, actor=cast.administrator)

    erase_person(eva, actor=cast.administrator)

    here = f"erased-{eva.pk}@erased.invalid"
    left = (
        f"Evaluation by Erased person, (Erased person's) mail to '{here}': "
        "seva@example.com, eva@example.com.au, eva-maria"
    )
    failed.refresh_from_db()
    assert (failed.error, failed.args) == (left, {"reason": left, "file": "evaluation.csv"})
    waiting.refresh_from_db()  # whoever works on it finds what it was asked for
    assert waiting.args == {"reason": "Eva, for eva@example.com", "file": "Eva/evaluation.csv", "to": [here]}
    assert (waiting.cursor, waiting.error) == ({"after": "Eva"}, "Erased person is away")


def test_a_note_stays_as_short_as_it_has_to_be(cast: Cast):
    job = Job.objects.create(kind="x", note=f"{'x' * 180} mia@example.com", created_at=clock.now())
    deactivate_person(cast.member, actor=cast.administrator)
    erase_person(cast.member, actor=cast.administrator)
    job.refresh_from_db()
    assert len(job.note) == 200
    assert "mia" not in job.note
