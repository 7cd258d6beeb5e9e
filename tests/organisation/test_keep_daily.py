"""What the house throws away by itself: ended sessions, failures that no longer count, work that is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, deliver
from workspace import clock
from workspace.activity.commands import forgetting as of_work
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.models import Delivery, Event, Job
from workspace.organisation.commands import forgetting as of_sign_ins
from workspace.organisation.tasks import keep_daily

pytestmark = pytest.mark.django_db

NOW = clock.now()


def session(*, ends_in: timedelta) -> str:
    """A session as strangers make them; its key."""
    store = SessionStore()
    store["x"] = 1
    store.save()
    Session.objects.filter(session_key=store.session_key).update(expire_date=NOW + ends_in)
    return str(store.session_key)


def test_sessions_that_are_over_go_and_others_stay(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(of_sign_ins, "AT_ONCE", 2)
    over = [session(ends_in=-timedelta(hours=1)) for _ in range(5)]
    on = session(ends_in=timedelta(hours=1))

    keep_daily()

    assert not Session.objects.filter(session_key__in=over).exists()
    assert Session.objects.filter(session_key=on).exists()


def test_where_somebody_was_signed_in_is_forgotten_with_the_session(cast: Cast):
    here, there = Client(), Client(REMOTE_ADDR="198.51.100.7")
    for client in (here, there):
        client.force_login(cast.member)
        key = client.session.session_key
        UserSession.objects.get_or_create(
            session_key=key, defaults={"user": cast.member, "ip": "198.51.100.7", "user_agent": "x"}
        )
    there.post("/sign-out/")

    keep_daily()

    assert [each.session_key for each in UserSession.objects.all()] == [here.session.session_key]
    assert here.get("/account/").status_code == 200


def test_failures_are_forgotten_when_they_no_longer_count(cast: Cast):
    for model, more in ((AccessAttempt, {"get_data": "", "failures_since_start": 1}), (AccessFailureLog, {})):
        for name, ago in (("old@example.com", 16), ("new@example.com", 14)):
            row = model.objects.create(
                username=name, ip_address="198.51.100.7", user_agent="x", http_accept="", path_info="/", **more
            )
            model.objects.filter(pk=row.pk).update(attempt_time=NOW - timedelta(minutes=ago))
    assert timedelta(minutes=15) == settings.AXES_COOLOFF_TIME

    with clock.at(NOW):
        keep_daily()

    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["new@example.com"]
    assert list(AccessFailureLog.objects.values_list("username", flat=True)) == ["new@example.com"]


def job(state: str, *, days: int) -> Job:
    at = NOW - timedelta(days=days)
    finished = at if state in ("done", "failed") else None
    return Job.objects.create(kind="x", state=state, created_at=at, finished_at=finished)


def test_work_that_is_done_is_forgotten_after_thirty_days(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(of_work, "AT_ONCE", 2)
    gone = [job(state, days=31) for state in ("done", "failed", "done")]
    kept = [job("done", days=29), job("queued", days=31), job("running", days=31)]

    keep_daily()

    assert not Job.objects.filter(pk__in=[each.pk for each in gone]).exists()
    assert Job.objects.filter(pk__in=[each.pk for each in kept]).count() == 3


def test_deliveries_are_forgotten_and_nothing_is_delivered_again(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(of_work, "AT_ONCE", 2)
    while deliver_events():  # what was delivered leads to more: flags, and who is told of them
        pass
    done = list(Delivery.objects.filter(state="done").order_by("pk"))
    assert len(done) > 5
    events = Event.objects.count()
    failed, pending = done[0], done[1]
    Delivery.objects.filter(pk=failed.pk).update(state="failed")
    Delivery.objects.filter(pk=pending.pk).update(state="pending")

    with clock.at(NOW + timedelta(days=29)):
        keep_daily()
    assert Delivery.objects.count() == len(done)
    with clock.at(NOW + timedelta(days=31)):
        keep_daily()

    assert set(Delivery.objects.values_list("pk", flat=True)) == {failed.pk, pending.pk}  # somebody has to see to them
    Delivery.objects.filter(pk=pending.pk).update(state="done")
    deliver()
    assert Delivery.objects.count() == 2
    assert Event.objects.count() == events


def test_a_look_that_finds_nothing_is_cheap(cast: Cast):
    deliver()
    keep_daily()
    with CaptureQueriesContext(connection) as captured:
        keep_daily()
    told = [each["sql"] for each in captured]
    assert not [sql for sql in told if sql.startswith(("DELETE", "UPDATE", "INSERT"))]
    assert len(told) <= 10
