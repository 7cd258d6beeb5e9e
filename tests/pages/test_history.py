"""The history of the whole house."""

from django.test import Client

from tests.cast import Cast, grow, scan
from tests.pages.reading import statements, text_of
from workspace.activity.models import Event


def test_tells_all_that_happened_newest_first_page_by_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    seen, address = [], "/history/"
    while address:
        page = client.get(address)
        seen += [entry.id for entry in page.context["entries"]]
        address = f"/history/?before={page.context['before']}" if page.context["before"] else ""
    assert seen == sorted(Event.objects.values_list("id", flat=True), reverse=True)
    assert "Ada Admin created the business unit Retail." in text_of(page)


def test_a_place_to_go_on_from_that_is_none_begins_anew(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    newest = client.get("/history/").context["entries"][0].id
    for before in ("x", "-1", "9" * 40, ""):
        assert client.get("/history/", {"before": before}).context["entries"][0].id == newest


def test_takes_at_most_twelve_statements(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    assert statements(client, "/history/") <= 12
    grow(cast, by=2)
    scan()
    assert statements(client, "/history/") <= 12
