"""Rewriting the order of a team with short keys, when moves into one gap after another have made them long."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Max
from django.db.models.functions import Length

from sprints import events
from sprints.models import Story, Team
from sprints.models.stories import StoryQuerySet
from sprints.queries.order import LONGEST_KEY, Place, order_lock
from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.activity.commands.jobs import enqueue, hold_lease
from workspace.activity.models import Job
from workspace.activity.registry import Step

JOB = "sprints.rebalance"
AT_ONCE = 500
"""Stories that get new keys in one transaction, while nobody else moves one of this team."""
SPARE = 1000
"""Keys that are kept free before the new ones, for stories that come while the job is under way."""


def rebalance_if_long(team_id: int, *keys: str) -> None:
    """Ask for short keys in a team if one of these new ones has become long; a job that waits already is enough."""
    if any(len(key) > LONGEST_KEY for key in keys):
        enqueue(JOB, {"team": team_id}, key=str(team_id))


def rebalance(job: Job) -> Iterator[Step]:
    """Give the stories of a team short keys, the last of the order first: each chunk keeps order and uniqueness.

    The new keys lie beyond all old ones and are handed out downwards, so that at every moment what has its new key
    stands behind what has not. Resumes behind the last chunk that was committed; finds nothing to do where no key is
    long. Versions stay as they are; one event tells of it at the end.
    """
    while True:
        done, total, first = _rewrite_some(job)
        if not first:
            break
        yield Step(done, max(done, total), {"first": first, "done": done})
    job.result = {"stories": done}


@db.command
def _rewrite_some(job: Job) -> tuple[int, int, str]:
    """One chunk: how many stories are done, of how many, and the first new key ("" when nothing is left to do)."""
    hold_lease(job)
    team_id = int(job.args["team"])
    db.lock(order_lock(team_id))
    # Read again: the chunk before may have been committed without its step being noted.
    cursor = Job.objects.values_list("cursor", flat=True).get(pk=job.pk)
    first, done = str(cursor.get("first", "")), int(cursor.get("done", 0))
    everything = Story.objects.filter(team=team_id)
    if not first and not _has_long_keys(everything):
        return done, done, ""
    rest = everything.filter(rank__lt=first) if first else everything
    chunk = list(rest.order_by("-rank").only("pk", "rank")[:AT_ONCE])[::-1]
    if not chunk:
        if not cursor.get("told"):
            team = Team.objects.get(pk=team_id)
            record(None, Happening(events.ORDER_REBALANCED, team, {"count": done}, team.scope))
            _note(job, cursor | {"told": True})
        return done, done, ""
    left = rest.count()
    last = chunk[-1].rank
    keys = _fresh_keys(last, left) if not first else _keys_down_to(last, first, len(chunk))
    for story, key in zip(chunk, keys[-len(chunk) :], strict=True):
        story.rank = key
    Story.objects.bulk_update(chunk, ["rank"], batch_size=AT_ONCE)
    done += len(chunk)
    _note(job, {"first": chunk[0].rank, "done": done})
    return done, done + left - len(chunk), chunk[0].rank


def _has_long_keys(stories: StoryQuerySet) -> bool:
    longest = stories.order_by().aggregate(longest=Max(Length("rank")))["longest"]
    return (longest or 0) > LONGEST_KEY


def _fresh_keys(last: str, count: int) -> list[str]:
    """As many keys as there are stories, and room before them, behind the last old key."""
    return Place(last, None).keys(SPARE + count)[SPARE:]


def _keys_down_to(last: str, first: str, count: int) -> list[str]:
    """The keys right before the first new one; where they would meet the old ones, keys in between."""
    keys = Place(None, first).keys(count)
    return keys if keys[0] > last else Place(last, first).keys(count)


def _note(job: Job, cursor: dict[str, object]) -> None:
    job.cursor = cursor
    Job.objects.filter(pk=job.pk).update(cursor=cursor)
