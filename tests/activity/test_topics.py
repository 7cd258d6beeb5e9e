"""What a page may listen to: sealed for one person and one session, for some hours."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.cast import Cast
from workspace import clock
from workspace.activity import registry, topics
from workspace.activity.queries.fresh import GAPS_IN_TEXT, Position
from workspace.activity.topics import ALL, HOUSE, NotYours, may_hear, seal, unseal
from workspace.organisation.commands import share

HERE = "a session"


def sealed(*names: str, person_id: int = 1, session_key: str = HERE, position: Position | None = None) -> str:
    return seal(names, person_id=person_id, session_key=session_key, position=position)


def test_the_owner_opens_it_in_the_same_session() -> None:
    wish = unseal(sealed("team:7", "house", position=Position(12, frozenset({9}))), person_id=1, session_key=HERE)
    assert wish.topics == {"team:7", "house"}
    assert wish.position == Position(12, frozenset({9}))
    assert abs(wish.made_at - clock.now().timestamp()) < 5


@pytest.mark.parametrize(
    ("text", "person_id", "session_key"),
    [
        (sealed("all"), 2, HERE),
        (sealed("all"), 1, "another session"),
        (sealed("all")[:-2], 1, HERE),
        ("x" + sealed("all"), 1, HERE),
        ("", 1, HERE),
    ],
    ids=["somebody else", "another session", "cut", "changed", "nothing"],
)
def test_nobody_else_does(text: str, person_id: int, session_key: str) -> None:
    with pytest.raises(NotYours):
        unseal(text, person_id=person_id, session_key=session_key)


def test_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    text = sealed("all")
    monkeypatch.setattr(topics, "SECONDS", -1)
    with pytest.raises(NotYours):
        unseal(text, person_id=1, session_key=HERE)


def test_it_tells_nobody_the_key_of_the_session() -> None:
    assert HERE not in sealed("all", session_key=HERE)


@pytest.mark.parametrize(
    "position", [Position(), Position(7), Position(10**17, frozenset({3, 5})), Position(50, frozenset(range(1, 41)))]
)
def test_a_place_comes_back_as_it_was(position: Position) -> None:
    assert Position.read(position.text) == position


@pytest.mark.parametrize("text", ["", "-", "seven", "7.", ".7", "7 8", "-7", "9" * 19, "7" + ".1" * 41, "7\n", "٧"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert Position.read(text) is None


def test_a_place_with_too_many_gaps_is_not_sent_along() -> None:
    assert Position(99, frozenset(range(1, GAPS_IN_TEXT + 2))).text == "-"


@pytest.mark.django_db
def test_people_inside_hear_everything_and_guests_what_is_shared_with_them(cast: Cast) -> None:
    journey = f"journey:{cast.journey.pk}"
    for topic in (ALL, HOUSE, journey, "team:1"):
        assert may_hear(cast.member, topic), topic
        assert not may_hear(cast.guest, topic), topic
    share("journey", cast.journey.pk, guest=cast.guest, until=clock.today(), actor=cast.administrator)
    assert may_hear(cast.guest, journey)
    assert not may_hear(cast.guest, f"journey:{cast.journey.pk + 1}")
    for topic in (ALL, HOUSE, "journey:", "journey:x", f"journey:{10**30}", "unheard-of:1", "journey"):
        assert not may_hear(cast.guest, topic), topic


@pytest.mark.parametrize("kind", ["journey", "team"])
def test_the_apps_say_who_may_see_their_topics(kind: str) -> None:
    assert registry.topic(kind) is not None


@pytest.mark.django_db
def test_pages_carry_what_their_viewer_may_listen_to(cast: Cast, client: Client) -> None:
    from workspace.activity.templatetags.live import live_topics

    client.force_login(cast.guest)
    request = RequestFactory().get("/")
    request.user = cast.guest
    request.session = client.session
    assert live_topics({"request": request}, ALL, HOUSE) == ""  # type: ignore[arg-type]
    given = str(live_topics({"request": request}, cast.journey, HOUSE, every=5))  # type: ignore[arg-type]
    text = given.split('data-live="')[1].split('"')[0]
    wish = unseal(text, person_id=cast.guest.pk, session_key=str(client.session.session_key))
    assert wish.topics == {f"journey:{cast.journey.pk}"}
    assert f'data-live-at="{reverse("activity:live")}"' in given
    assert 'data-live-every="5"' in given


@pytest.mark.django_db
def test_a_page_of_somebody_signed_out_listens_to_nothing(client: Client) -> None:
    assert "data-live=" not in client.get("/sign-in/").content.decode()
