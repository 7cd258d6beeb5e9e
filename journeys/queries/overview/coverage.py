"""The share owned: of the whole, by business unit, stage and channel, and how it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from django.db.models import Max, Q

from journeys.limits import Limits
from journeys.models import CoverageSnapshot, Flag, Journey, Stage, Touchpoint
from workspace import db

Scope = CoverageSnapshot.Scope
TREND_DAYS = 90
STAGES_READ = 200
GAPS_SHOWN = 10
GAP_RULES = ("no-owner", "unknown-owner")


@dataclass(frozen=True, slots=True)
class Share:
    """Live touchpoints, and how many of them somebody owns."""

    live: int = 0
    owned: int = 0

    @property
    def unowned(self) -> int:
        """Live touchpoints that nobody owns."""
        return self.live - self.owned

    @property
    def thousandths(self) -> int | None:
        """Owned ÷ live in thousandths, rounded down: 1000 says that nothing is missing. None where nothing is live."""
        return 1000 * self.owned // self.live if self.live else None

    def points_since(self, then: Share | None) -> float | None:
        """By how many points the share has moved, to a tenth; None where one of the two is unknown."""
        if then is None or not then.live or not self.live:
            return None
        return round(100 * (self.owned / self.live - then.owned / then.live), 1)


@dataclass(slots=True)
class Figures:
    """What one statement tells: shares, flags that ask for something by severity, and the flags of the worst gaps."""

    whole: Share = Share()
    truths: Share = Share()
    units: dict[int, Share] = field(default_factory=dict)
    channels: dict[str, Share] = field(default_factory=dict)
    stages: list[StageShare] = field(default_factory=list)
    stage_names: int = 0
    severities: dict[int, int] = field(default_factory=dict)
    gaps: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StageShare:
    """All stages of one name: in how many journeys, and what is owned there."""

    name: str
    journeys: int
    share: Share


def figures() -> Figures:
    """Everything about coverage as it is now: 1 statement, which reads the touchpoints once.

    Of the stages those of the names with the most unowned touchpoints are told, at most `STAGES_READ`.
    """
    live = Touchpoint.objects.live().with_owner().order_by()
    columns = ("id", "business_unit_id", "channel", "stage_id", "moment_of_truth", "emotion", "volume", "current")
    columns = ("id", "business_unit_id", "channel", "stage_id", "moment_of_truth", "emotion", "volume", "current")
    base, params = db.compiled(live.values_list(*columns))
    flag = db.table(Flag)
    speaking = ", ".join(f"'{state.value}'" for state in (Flag.State.OPEN, Flag.State.ACKNOWLEDGED))
    gap_rules = ", ".join(f"'{rule}'" for rule in GAP_RULES)
    sql = f"""WITH live (id, unit_id, channel, stage_id, truth, emotion, volume, owner) AS MATERIALIZED ({base}),
        stage AS ({_stage_sums("live")}),
        gap AS (
            SELECT f.id, ROW_NUMBER() OVER (ORDER BY l.truth DESC, f.severity DESC, COALESCE(l.emotion, 0),
                COALESCE(l.volume, 0) DESC, f.opened_at, f.id) AS place
            FROM {flag} f JOIN live l ON l.id = f.touchpoint_id
            WHERE f.rule IN ({gap_rules}) AND f.state IN ({speaking}) AND l.owner IS NULL
        )
        SELECT 'all' AS part, 0 AS id, '' AS name, 0 AS n, COUNT(*) AS live, COUNT(owner) AS owned FROM live
        UNION ALL SELECT 'truth', 0, '', 0, COUNT(*), COUNT(owner) FROM live WHERE truth
        UNION ALL SELECT 'unit', unit_id, '', 0, COUNT(*), COUNT(owner) FROM live GROUP BY unit_id
        UNION ALL SELECT 'channel', 0, channel, 0, COUNT(*), COUNT(owner) FROM live GROUP BY channel
        UNION ALL SELECT 'stage', names, name, journeys, live, owned FROM stage WHERE place <= {STAGES_READ}
        UNION ALL SELECT 'severity', severity, '', 0, COUNT(*), 0 FROM {flag} WHERE state IN ({speaking})
            GROUP BY severity
        UNION ALL SELECT 'gap', id, '', place, 0, 0 FROM gap WHERE place <= {GAPS_SHOWN}"""
    with connection.cursor() as cursor:
        return _sorted_out(db.execute(cursor, sql, params).fetchall())


def stages_of(journeys: Iterable[int] | object) -> Figures:
    """Only the stages of these journeys (a queryset of them): 1 statement."""
    live = Touchpoint.objects.live().with_owner().order_by().filter(stage__journey__in=journeys)
    base, params = db.compiled(live.values_list("stage_id", "current"))
    sql = f"""WITH live (stage_id, owner) AS MATERIALIZED ({base}), stage AS ({_stage_sums("live")})
        SELECT 'stage', names, name, journeys, live, owned FROM stage WHERE place <= {STAGES_READ}"""
    with connection.cursor() as cursor:
        return _sorted_out(db.execute(cursor, sql, params).fetchall())


def _stage_sums(live: str) -> str:
    """SQL of the stages by name (a journey has a name once), the one with the most unowned touchpoints first."""
    return f"""SELECT name, journeys, live, owned, COUNT(*) OVER () AS names,
            ROW_NUMBER() OVER (ORDER BY live - owned DESC, live DESC, name) AS place
        FROM (
            SELECT s.name, COUNT(*) AS journeys, CAST(SUM(e.live) AS bigint) AS live,
                CAST(SUM(e.owned) AS bigint) AS owned
            FROM (SELECT stage_id, COUNT(*) AS live, COUNT(owner) AS owned FROM {live} GROUP BY stage_id) e
            JOIN {db.table(Stage)} s ON s.id = e.stage_id GROUP BY s.name
        ) named"""


def _sorted_out(rows: Iterable[tuple[str, int, str, int, int, int]]) -> Figures:
    found = Figures()
    gaps: dict[int, int] = {}
    for part, subject_id, name, n, live, owned in rows:
        share = Share(live, owned)
        if part == "all":
            found.whole = share
        elif part == "truth":
            found.truths = share
        elif part == "unit":
            found.units[subject_id] = share
        elif part == "channel":
            found.channels[name] = share
        elif part == "stage":
            found.stages.append(StageShare(name, n, share))
            found.stage_names = subject_id
        elif part == "severity":
            found.severities[subject_id] = live
        else:
            gaps[n] = subject_id
    found.gaps = [gaps[place] for place in sorted(gaps)]
    return found


@dataclass(frozen=True, slots=True)
class Past:
    """How it was: the whole day by day, and units and channels on the day four weeks ago, where that was noted."""

    days: Mapping[date, Share] = field(default_factory=dict)
    compared_on: date | None = None
    whole: Share | None = None
    units: Mapping[int, Share] = field(default_factory=dict)
    channels: Mapping[str, Share] = field(default_factory=dict)


def past(today: date, limits: Limits) -> Past:
    """The last 90 days, and four weeks ago or the noted day before it (of the four weeks before that): 1 statement."""
    then = today - timedelta(days=limits.coverage_drop_days)
    window = Q(on__gt=then - timedelta(days=limits.coverage_drop_days), on__lte=then)
    noted = CoverageSnapshot.objects.order_by()
    compared = noted.filter(window, scope=Scope.UNIT).values("scope").annotate(day=Max("on")).values("day")
    recent = Q(scope=Scope.ALL, on__gt=today - timedelta(days=max(TREND_DAYS, 2 * limits.coverage_drop_days)))
    wanted = noted.filter(recent | Q(on__in=compared, scope__in=[Scope.UNIT, Scope.CHANNEL]))
    days: dict[date, Share] = {}
    units: dict[int, Share] = {}
    channels: dict[str, Share] = {}
    compared_on: date | None = None
    for on, scope, scope_id, channel, live, owned in wanted.values_list(
        "on", "scope", "scope_id", "channel", "live", "owned"
    ):
        if scope == Scope.ALL:
            days[on] = Share(live, owned)
            continue
        compared_on = on
        if scope == Scope.UNIT:
            units[scope_id] = Share(live, owned)
        else:
            channels[channel] = Share(live, owned)
    shown = {day: share for day, share in sorted(days.items()) if day > today - timedelta(days=TREND_DAYS)}
    return Past(shown, compared_on, days.get(compared_on) if compared_on else None, units, channels)


@dataclass(frozen=True, slots=True)
class Point:
    """A day of the trend; `share` is None where nothing was noted."""

    day: date
    share: Share | None


def trend(history: Mapping[date, Share], whole: Share, today: date) -> Sequence[Point]:
    """One point a day from the first noted one on, the last of them as it is now. A day without a note stays empty."""
    known = {**history, today: whole}
    first = min(known)
    return [Point(day, known.get(day)) for day in (first + timedelta(days=n) for n in range((today - first).days + 1))]


def journeys_in(words: str) -> object:
    """The journeys whose name or persona holds the words, as a part of another statement."""
    from journeys.queries.lists import journeys_named

    return journeys_named(Journey.objects.order_by(), words).values("pk")
