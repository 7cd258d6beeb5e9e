"""Stories from a file: where they stand, what they carry, what the same file does twice, and what it leaves alone."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from sprints import commands
from sprints.models import Label, Sprint, Story, Team
from sprints.queries.reached import reached_by
from tests.cast import Cast
from tests.organisation.importing import Folder, counts, everything, problems
from tests.sprints.squad import Squad
from tests.sprints.told import last, subjects_of
from workspace import clock
from workspace.activity.models import Event
from workspace.errors import NotAllowed, StaleWrite
from workspace.organisation.commands.imports import import_file, rehearse_file

pytestmark = pytest.mark.django_db


class Sheet(Folder):
    """A spreadsheet of stories of GROW; a row says only what the test is about."""

    def write_rows(self, *rows: dict[str, Any]) -> Path:
        """Write the rows; a cell that none of them gives is no column, unless it has to be."""
        columns = dict.fromkeys(["team", "title", *(column for row in rows for column in row)])
        path = self.path / "stories.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            for row in rows:
                writer.writerow({"team": "GROW", "title": f"Story {row.get('external_id', '')}"} | row)
        return path

    def rows(self, *rows: dict[str, Any], **options: Any) -> Any:
        """Write and import the rows."""
        return import_file("stories", self.write_rows(*rows), **options)


@pytest.fixture
def sheet(tmp_path: Path, squad: Squad) -> Sheet:
    return Sheet(tmp_path)


def story(key: str) -> Story:
    return Story.objects.select_related("column", "sprint").get(external_id=key)


def named(title: str) -> Story:
    return Story.objects.select_related("column", "sprint").get(title=title)


def state() -> dict[str, Any]:
    """Every row that an import of stories may change."""
    models = apps.get_app_config("sprints").get_models()
    return everything() | {
        model._meta.label: sorted(model._default_manager.values_list(), key=repr) for model in models
    }


def labels_of(some: Story) -> set[str]:
    return set(some.labels.values_list("name", flat=True))


# --- What a row brings -----------------------------------------------------------------------------------------------


def test_a_row_brings_all_that_it_names(sheet: Sheet, squad: Squad, cast: Cast) -> None:
    cast.till.external_id, cast.receipt.external_id = "TILL", "RECEIPT"
    cast.till.save()
    cast.receipt.save()
    outcome = sheet.rows(
        {
            "team": "growth",
            "title": "  A mail \n that helps ",
            "external_id": "T-1",
            "description": "**Soon**, please.",
            "type": "Experiment",
            "points": "2.5",
            "column": "doing",
            "sprint": "Sprint 1",
            "assignee_email": "Mia@example.com",
            "labels": "mail; Spring  sale;mail",
            "due_on": "2027-03-01",
            "publish_on": "2027-03-08",
            "channel": "email",
            "touchpoints": "TILL;RECEIPT",
        }
    )
    assert counts(outcome) == (1, 0, 0, 0)
    made = story("T-1")
    assert (made.title, made.kind, made.description) == ("A mail that helps", "experiment", "**Soon**, please.")
    assert made.folded_title == "a mail that helps"
    assert (made.points, made.due_on, made.publish_on) == (Decimal("2.5"), date(2027, 3, 1), date(2027, 3, 8))
    assert (made.column, made.sprint, made.channel, made.version) == (squad.doing, squad.sprint, "email", 1)
    assert made.started_at is not None
    assert made.done_at is None
    assert list(made.assignees.all()) == [cast.member]
    assert labels_of(made) == {"mail", "Spring sale"}
    assert set(made.touchpoints.all()) == {cast.till, cast.receipt}
    assert outcome.tally.notes["new-label"] == {"count": 2, "value": "mail", "line": 2}
    event = last("story.imported")
    assert (event.scope, event.data["added"], event.data["changed"]) == (squad.team.scope, 1, 0)
    assert subjects_of(event) == {("story", made.pk)}
    created = event.data["stories"][str(made.pk)]["created"]
    assert (created["category"], created["sprint"], created["points"]) == ("doing", squad.sprint.pk, "2.5")
    assert created["assignees"] == [cast.member.pk]
    assert Event.objects.filter(kind="label.created").count() == 2


def test_new_stories_stand_behind_all_others_as_the_file_orders_them(sheet: Sheet, squad: Squad) -> None:
    before = list(Story.objects.filter(team=squad.team).values_list("pk", flat=True))
    sheet.rows({"title": "One", "sprint": "2"}, {"title": "Two"}, {"title": "Three", "column": "Done"})
    commands.create_story(squad.team, title="Four", actor=None)
    stories = list(Story.objects.filter(team=squad.team))
    assert [each.pk for each in stories[: len(before)]] == before
    assert [each.title for each in stories[len(before) :]] == ["One", "Two", "Three", "Four"]
    numbers = [each.number for each in stories[len(before) :]]
    assert numbers == list(range(8, 12))
    assert named("One").sprint == squad.later
    assert (named("Two").column, named("Two").sprint) == (squad.todo, None)
    assert named("Three").done_at is not None


def test_a_full_column_takes_what_is_imported(sheet: Sheet, squad: Squad) -> None:
    rows = [{"title": f"Review {n}", "column": "Review", "sprint": "1"} for n in range(5)]
    assert counts(sheet.rows(*rows)) == (5, 0, 0, 0)
    assert Story.objects.filter(column=squad.review).count() == 6


@pytest.mark.parametrize(
    ("cell", "column"),
    [("review", "Review"), ("TO DO", "To do"), ("todo", "To do"), ("done", "Done"), ("doing", "Under way")],
)
def test_a_column_is_known_by_its_name_or_its_category(sheet: Sheet, squad: Squad, cell: str, column: str) -> None:
    commands.change_column(squad.doing, name="Under way", actor=None)
    sheet.rows({"external_id": "A", "column": cell})
    assert story("A").column.name == column


def test_a_file_is_about_several_teams(sheet: Sheet, squad: Squad, cast: Cast) -> None:
    commands.create_team("Care 2", key="CARE", actor=cast.care_lead)
    outcome = sheet.rows(
        {"external_id": "A"}, {"team": "CARE", "external_id": "A"}, {"team": "care 2", "title": "Third"}
    )
    assert counts(outcome) == (3, 0, 0, 0)
    told = Event.objects.filter(kind="story.imported").order_by("scope").values_list("scope", "data__added")
    assert dict(told) == {squad.team.scope: 1, Team.objects.get(key="CARE").scope: 2}


# --- The same file again ---------------------------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(sheet: Sheet, squad: Squad, cast: Cast) -> None:
    cast.till.external_id = "TILL"
    cast.till.save()
    rows = [
        {"external_id": "A", "labels": "mail;sale", "touchpoints": "TILL;GONE", "column": "Done", "sprint": "1"},
        {"title": "Without an id", "assignee_email": "mia@example.com", "points": "3", "due_on": "2027-03-01"},
        {"title": "Quiz", "assignee_email": "omar@example.com"},
    ]
    assert counts(sheet.rows(*rows)) == (2, 0, 1, 0)
    before = state()
    outcome = sheet.rows(*rows)
    assert counts(outcome) == (0, 0, 3, 0)
    assert state() == before
    assert problems(outcome) == [("2", "touchpoints", "GONE"), ("4", "assignee_email", "omar@example.com")]


def test_only_what_the_file_says_anew_is_changed(sheet: Sheet, squad: Squad, cast: Cast) -> None:
    row = {
        "external_id": "A", "points": "3", "type": "fix", "sprint": "1", "column": "Doing", "labels": "mail;sale",
        "assignee_email": "mia@example.com",
    }  # fmt: skip
    sheet.rows(row)
    made = commands.change_story(
        story("A"), title="Our words", labels=[], points=8, assignees=[cast.shops_lead], actor=None
    )
    commands.move_story(made, column=squad.review, sprint=None, actor=None)
    moved = story("A")
    assert counts(sheet.rows(row | {"type": "task", "labels": "mail;sale;press"})) == (0, 1, 0, 0)
    changed = story("A")
    assert (changed.title, changed.points, changed.kind) == ("Our words", Decimal(8), "task")
    assert (changed.column, changed.sprint, changed.rank) == (squad.review, None, moved.rank)
    assert labels_of(changed) == {"press"}
    assert list(changed.assignees.all()) == [cast.shops_lead]
    assert changed.version == moved.version + 1
    entry = last("story.imported").data["stories"][str(changed.pk)]
    press = Label.objects.get(name="press").pk
    assert entry == {
        "version": changed.version,
        "old": {"kind": "fix", "labels": []},
        "new": {"kind": "task", "labels": [press]},
    }


def test_a_story_is_moved_where_the_file_says_anew(sheet: Sheet, squad: Squad) -> None:
    row = {"external_id": "A", "column": "Doing", "sprint": "1"}
    sheet.rows(row)
    before = story("A")
    assert counts(sheet.rows(row | {"column": "Done", "sprint": "2"})) == (0, 1, 0, 0)
    moved = story("A")
    assert (moved.column, moved.sprint, moved.rank, moved.version) == (squad.done, squad.later, before.rank, 1)
    assert moved.done_at is not None
    assert moved.in_column_since > before.in_column_since
    move = last("story.imported").data["stories"][str(moved.pk)]["move"]
    assert (move["old_category"], move["new_category"]) == ("doing", "done")
    assert (move["old_sprint"], move["new_sprint"]) == (squad.sprint.pk, squad.later.pk)


def test_an_emptied_cell_takes_back_what_the_file_gave_and_no_more(sheet: Sheet, squad: Squad, cast: Cast) -> None:
    row = {
        "sprint": "1", "column": "Doing", "assignee_email": "mia@example.com", "labels": "mail", "points": "3",
        "type": "fix", "due_on": "2027-03-01",
    }  # fmt: skip
    sheet.rows(row | {"external_id": "A"}, row | {"external_id": "B"})
    press = commands.create_label(squad.team, name="press", actor=None)
    kept = commands.change_story(
        story("B"), assignees=[cast.shops_lead], labels=[*story("B").labels.all(), press], actor=None
    )
    commands.move_story(kept, sprint=squad.later, actor=None)
    empty = dict.fromkeys(row, "")
    assert counts(sheet.rows(empty | {"external_id": "A"}, empty | {"external_id": "B"})) == (0, 2, 0, 0)
    emptied, kept = story("A"), story("B")
    assert (emptied.sprint, emptied.column, emptied.points, emptied.due_on) == (None, squad.doing, None, None)
    assert emptied.kind == "story"
    assert not emptied.assignees.exists()
    assert not labels_of(emptied)
    assert kept.sprint == squad.later
    assert list(kept.assignees.all()) == [cast.shops_lead]
    assert labels_of(kept) == {"press"}


def test_a_column_that_is_left_out_says_nothing(sheet: Sheet, squad: Squad) -> None:
    sheet.rows({"external_id": "A", "points": "3", "labels": "mail"})
    before = state()
    assert counts(sheet.rows({"external_id": "A"})) == (0, 0, 1, 0)
    assert state() == before


def test_without_an_id_a_story_is_met_by_its_title(sheet: Sheet, squad: Squad) -> None:
    assert counts(sheet.rows({"title": "QUIZ", "points": "2"}, {"title": "Poster"})) == (0, 1, 1, 0)
    squad.quiz.refresh_from_db()
    assert (squad.quiz.title, squad.quiz.points) == ("QUIZ", Decimal(2))
    # Known from now on, whatever title it is given here.
    commands.change_story(squad.quiz, title="Quiz about coffee", actor=None)
    assert counts(sheet.rows({"title": "QUIZ", "points": "5"})) == (0, 1, 0, 0)
    squad.quiz.refresh_from_db()
    assert (squad.quiz.title, squad.quiz.points) == ("Quiz about coffee", Decimal(5))


def test_a_story_known_by_its_title_takes_the_id_that_comes_with_it(sheet: Sheet, squad: Squad) -> None:
    assert counts(sheet.rows({"external_id": "Q", "title": "Quiz"})) == (0, 1, 0, 0)
    assert story("Q").pk == squad.quiz.pk
    assert counts(sheet.rows({"external_id": "Q2", "title": "Quiz"})) == (1, 0, 0, 0)
    commands.change_story(story("Q"), title="Another", actor=None)
    assert counts(sheet.rows({"external_id": "Q", "title": "Quiz", "points": "1"})) == (0, 1, 0, 0)
    assert (story("Q").title, story("Q").points) == ("Another", Decimal(1))


def test_a_title_that_several_stories_have_is_not_guessed(sheet: Sheet, squad: Squad) -> None:
    again = commands.create_story(squad.team, title="Quiz", actor=None)
    outcome = sheet.rows({"title": "Quiz", "points": "1"})
    assert counts(outcome) == (0, 0, 0, 1)
    reason = outcome.first_problems()[0]["reason"]
    assert squad.quiz.code in reason
    assert again.code in reason


def test_what_was_deleted_here_stays_deleted(sheet: Sheet, squad: Squad) -> None:
    sheet.rows({"external_id": "A"}, {"title": "By its title"})
    commands.delete_stories([story("A"), named("By its title")], actor=None)
    rows = [{"external_id": "A", "points": "5"}, {"title": "By its title", "points": "5"}]
    before = Story.objects.count()
    outcome = sheet.rows(*rows)
    assert counts(outcome) == (0, 0, 2, 0)
    assert outcome.tally.notes["deleted-story"]["count"] == 2
    assert Story.objects.count() == before
    commands.restore_story(story("A"), actor=None)
    assert counts(sheet.rows(*rows)) == (0, 1, 1, 0)
    assert story("A").points == 5


# --- Closed sprints --------------------------------------------------------------------------------------------------


def test_a_closed_sprint_takes_no_new_stories_and_keeps_its_own(sheet: Sheet, squad: Squad) -> None:
    row = {"external_id": "A", "sprint": "1", "column": "Done", "title": "Newsletter"}
    sheet.rows(row)
    commands.close_sprint(squad.sprint, unfinished_to="backlog", actor=None)
    outcome = sheet.rows({"external_id": "B", "sprint": "Sprint 1"}, {"external_id": "C", "sprint": "2"})
    assert counts(outcome) == (1, 0, 0, 1)
    assert "closed" in outcome.first_problems()[0]["reason"]
    outcome = sheet.rows(row | {"sprint": "2", "points": "2"})
    assert counts(outcome) == (0, 1, 0, 0)
    assert problems(outcome) == [("2", "sprint", "2")]
    assert (story("A").sprint, story("A").points) == (Sprint.objects.get(pk=squad.sprint.pk), Decimal(2))
    # What is over is not met by its title: next month's newsletter is another story.
    assert counts(sheet.rows({"title": "Newsletter"})) == (1, 0, 0, 0)


# --- Wrong rows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "value"),
    [
        ({"team": "NOBODY"}, "team", "NOBODY"),
        ({"team": ""}, "team", ""),
        ({"title": " "}, "title", ""),
        ({"title": "t" * 301}, "title", "t" * 199 + "…"),
        ({"type": "epic"}, "type", "epic"),
        ({"points": "many"}, "points", "many"),
        ({"points": "-1"}, "points", "-1"),
        ({"points": "0.3"}, "points", "0.3"),
        ({"points": "1000"}, "points", "1000"),
        ({"column": "Nowhere"}, "column", "Nowhere"),
        ({"sprint": "next"}, "sprint", "next"),
        ({"sprint": "77"}, "sprint", "77"),
        ({"assignee_email": "mia"}, "assignee_email", "mia"),
        ({"labels": "ok;" + "l" * 51}, "labels", "ok;" + "l" * 51),
        ({"due_on": "1.3.2027"}, "due_on", "1.3.2027"),
        ({"publish_on": "0027-03-01"}, "publish_on", "0027-03-01"),
        ({"description": "d" * 50_001}, "description", "d" * 199 + "…"),
    ],
)
def test_a_wrong_cell_rejects_the_row(sheet: Sheet, cells: dict[str, str], column: str, value: str) -> None:
    outcome = sheet.rows({"external_id": "BAD", **cells}, {"external_id": "GOOD"})
    assert counts(outcome) == (1, 0, 0, 1)
    assert problems(outcome) == [("2", column, value)]
    before = story("GOOD").version
    assert counts(sheet.rows({"external_id": "GOOD", **cells})) == (0, 0, 0, 1)
    assert story("GOOD").version == before
    assert not Label.objects.exists()


@pytest.mark.parametrize(
    ("email", "words"), [("omar", "not in this team"), ("nobody", "Nobody here"), ("bela", "does not work here")]
)
def test_who_is_no_active_member_is_not_assigned_and_the_rest_goes_in(
    sheet: Sheet, squad: Squad, cast: Cast, email: str, words: str
) -> None:
    from workspace.organisation import commands as organisation

    organisation.deactivate_person(cast.billing_lead, actor=cast.administrator)
    row = {"external_id": "A", "points": "3", "assignee_email": f"{email}@example.com"}
    outcome = sheet.rows(row)
    assert counts(outcome) == (1, 0, 0, 0)
    assert outcome.tally.partly == 1
    (problem,) = outcome.first_problems()
    assert problem["column"] == "assignee_email"
    assert words in problem["reason"]
    assert story("A").points == 3
    assert not story("A").assignees.exists()


def test_who_joins_later_is_assigned_by_the_next_import(sheet: Sheet, squad: Squad, cast: Cast) -> None:
    row = {"external_id": "A", "assignee_email": "omar@example.com"}
    sheet.rows(row)
    commands.add_member(squad.team, person=cast.other_member, actor=None)
    outcome = sheet.rows(row)
    assert counts(outcome) == (0, 1, 0, 0)
    assert outcome.tally.went_well
    assert list(story("A").assignees.all()) == [cast.other_member]


def test_unknown_touchpoints_are_told_of_and_asked_for_again(sheet: Sheet, cast: Cast) -> None:
    cast.till.external_id = "TILL"
    cast.till.save()
    row = {"external_id": "A", "touchpoints": "NEW; TILL ;OTHER"}
    outcome = sheet.rows(row)
    assert problems(outcome) == [("2", "touchpoints", "NEW; OTHER")]
    assert list(story("A").touchpoints.all()) == [cast.till]
    commands.change_story(story("A"), touchpoints=[], actor=None)
    cast.receipt.external_id = "NEW"
    cast.receipt.save()
    sheet.rows(row)
    assert list(story("A").touchpoints.all()) == [cast.receipt]


def test_a_touchpoint_that_a_file_names_no_more_is_judged_again(sheet: Sheet, cast: Cast) -> None:
    cast.till.external_id = "TILL"
    cast.till.save()
    sheet.rows({"external_id": "A", "touchpoints": "TILL"})
    assert reached_by([last("story.imported")]) == {cast.till.pk}
    sheet.rows({"external_id": "A", "touchpoints": ""})
    assert not story("A").touchpoints.exists()
    assert reached_by([last("story.imported")]) == {cast.till.pk}


def test_a_label_is_the_same_in_small_and_capital_letters(sheet: Sheet, squad: Squad) -> None:
    commands.create_label(squad.team, name="Mail", tone=4, actor=None)
    outcome = sheet.rows({"external_id": "A", "labels": "MAIL"}, {"external_id": "B", "labels": "mail;new;New"})
    assert Label.objects.count() == 2
    assert labels_of(story("B")) == {"Mail", "new"}
    assert outcome.tally.notes["new-label"]["count"] == 1


def test_two_rows_that_mean_one_story_are_told_apart_from_two_stories(sheet: Sheet, squad: Squad) -> None:
    outcome = sheet.rows(
        {"external_id": "A"},
        {"external_id": "A", "points": "1"},
        {"team": "Growth", "external_id": "A", "points": "2"},
        {"title": "Poster"},
        {"team": "Growth", "title": "Poster", "points": "2"},
        {"external_id": "B", "title": "Story A"},
    )
    assert counts(outcome) == (2, 0, 1, 3)
    assert [line for line, _column, _value in problems(outcome)] == ["3", "4", "6"]
    assert story("A").points is None


def test_an_archived_team_takes_nothing(sheet: Sheet, squad: Squad) -> None:
    sheet.rows({"external_id": "A"})
    commands.close_sprint(squad.sprint, unfinished_to="backlog", actor=None)
    commands.archive_team(squad.team, actor=None)
    outcome = sheet.rows({"external_id": "A"}, {"external_id": "B"})
    assert counts(outcome) == (0, 0, 1, 1)
    assert problems(outcome) == [("3", "team", "GROW")]


def test_unknown_columns_are_told(sheet: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    path = sheet.write("stories", "team title story sprint_goal", ("GROW", "One", "7", "More"))
    call_command("import_csv", "stories", str(path))
    told = capsys.readouterr()
    assert "1 rows = 1 added + 0 changed + 0 unchanged + 0 rejected" in told.out
    assert "story, sprint_goal" in told.err


def test_only_who_decides_for_the_whole_house_imports(sheet: Sheet, cast: Cast) -> None:
    for who in (cast.shops_lead, cast.retail_head, cast.member, cast.guest):
        with pytest.raises(NotAllowed, match="import stories"):
            sheet.rows({"external_id": "A"}, actor=who)
    for number, allowed in enumerate((cast.administrator, cast.executive, None)):
        assert counts(sheet.rows({"external_id": f"N{number}"}, actor=allowed)) == (1, 0, 0, 0)


# --- Many rows -------------------------------------------------------------------------------------------------------


def many(count: int) -> list[dict[str, Any]]:
    return [
        {
            "external_id": f"M{n % (count - 50)}" if n % 3 else "",
            "title": f"Row {n}",
            "points": "x" if n % 100 == 7 else str(n % 8),
            "column": ("To do", "doing", "Done")[n % 3],
            "sprint": ("", "1", "2")[n % 3],
            "labels": f"label {n % 20};all",
            "assignee_email": ("mia@example.com", "", "omar@example.com")[n % 3],
        }
        for n in range(count)
    ]


def test_a_rehearsal_says_the_same_and_changes_nothing(sheet: Sheet) -> None:
    rows = many(1200)
    before = state()
    rehearsed = rehearse_file("stories", sheet.write_rows(*rows))
    assert state() == before
    done = sheet.rows(*rows)
    assert counts(rehearsed) == counts(done)
    assert rehearsed.tally == done.tally
    again = sheet.rows(*rows)
    assert counts(again) == (0, 0, done.tally.added, done.tally.rejected)
    order = Story.objects.filter(title__startswith="Row ").values_list("title", flat=True)
    places = [int(title.removeprefix("Row ")) for title in order]
    assert places == sorted(places)


def test_a_thousand_rows_take_as_many_statements_as_ten(
    sheet: Sheet, squad: Squad, django_assert_max_num_queries: Any
) -> None:
    for count in (10, 900):
        rows = [
            {"external_id": f"{count}-{n}", "labels": f"l{n % 7}", "points": "1", "sprint": "1"} for n in range(count)
        ]
        path = sheet.write_rows(*rows)
        with django_assert_max_num_queries(75):
            import_file("stories", path)
        path = sheet.write_rows(*[row | {"points": "2", "column": "Done", "labels": ""} for row in rows])
        with django_assert_max_num_queries(75):
            import_file("stories", path)
    assert Story.objects.filter(points=2, column=squad.done).count() == 910


def test_the_day_of_an_import_is_the_day_of_the_house(sheet: Sheet) -> None:
    sheet.rows({"external_id": "A"})
    assert story("A").created_at <= clock.now()
    assert story("A").created_by is None


def test_who_looked_before_an_import_merges_with_it(sheet: Sheet, cast: Cast) -> None:
    """A form that was opened before the file came keeps other fields as the file left them."""
    sheet.rows({"external_id": "a", "title": "Flyer", "points": "2", "channel": "web"})
    seen = story("a").version
    sheet.rows({"external_id": "a", "title": "Flyer", "points": "5", "channel": "web"})
    changed = commands.change_story(story("a"), base_version=seen, channel="print", actor=cast.member)
    assert (changed.points, changed.channel) == (Decimal(5), "print")
    with pytest.raises(StaleWrite, match="points is “5"):
        commands.change_story(story("a"), base_version=seen, points=8, actor=cast.member)
