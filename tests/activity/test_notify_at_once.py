"""Several workers at once: each is told once, and each letter goes out once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from journeys import commands as journeys
from tests.activity.mail_server import mail_server
from tests.activity.together import at_once, errors
from tests.cast import Cast
from workspace import clock
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.jobs import work_on_waiting
from workspace.activity.models import Job, Mail, Notification, NotificationChoice
from workspace.activity.tasks import send_digests

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_letter_goes_out_once_however_many_work(cast: Cast, settings: Any) -> None:
    with mail_server() as server:
        settings.EMAIL = {"EMAIL_HOST": "127.0.0.1"}
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 10
        while deliver_events() + work_on_waiting():
            pass
        Notification.objects.all().delete()
        server.taken.clear()
        NotificationChoice.objects.create(person=cast.shops_lead, group="claims", mail=Mail.DIGEST)
        journeys.claim_touchpoint(cast.shop_window, department=cast.online, reason="Ours", actor=cast.online_lead)
        journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)
        tomorrow = clock.now() + timedelta(days=1)

        def work() -> None:
            deliver_events(wait=False)
            send_digests()
            work_on_waiting()

        assert errors(at_once(*[work] * 4)) == []
        work()
        with clock.at(tomorrow):  # for all of them: who looks a day later finds every lease run out
            assert errors(at_once(*[work] * 4)) == []
            work()

        told = Notification.objects.filter(event__kind="claim.made").values_list("person__email", flat=True)
        assert Counter(told) == Counter([cast.shops_lead.email, cast.shops_deputy.email, cast.service_head.email])
        letters = Counter(letter["Message-ID"] for letter in server.taken)
        assert set(letters.values()) == {1}
        assert {letter["To"] for letter in server.taken} >= set(told)
        assert not Notification.objects.filter(event__kind="claim.made", mailed_at=None).exists()
        assert not Job.objects.unfinished().filter(kind__startswith="activity.mail").exists()
