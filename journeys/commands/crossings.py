"""Keeping the crossings as the order of the touchpoints says."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from journeys.models import Crossing, Journey, Stage, Touchpoint
from workspace import db


def refresh_crossings(journeys: Collection[int]) -> None:
    """Bring the crossings of these journeys in line with the order of their live touchpoints: 3 statements.

    One at a time for a journey: whoever comes second sees what the first has written.
    A crossing joins each live touchpoint of a step to each of the next occupied step, also from a stage to the next.
    Rows are never deleted: one that is not there any more becomes inactive, and active again when it comes back.
    """
    if not journeys:
        return
    crossing = db.table(Crossing)
    places = db.places(journeys)
    ids = sorted(journeys)
    db.lock_rows(Journey, ids)
    wanted = f"""
        WITH placed AS MATERIALIZED (
            SELECT t.id, s.journey_id,
                DENSE_RANK() OVER (PARTITION BY s.journey_id ORDER BY s.position, s.id, t.step) AS place
            FROM {db.table(Touchpoint)} t JOIN {db.table(Stage)} s ON s.id = t.stage_id
            JOIN {db.table(Journey)} j ON j.id = s.journey_id
            WHERE t.lifecycle = 'live' AND j.archived_at IS NULL AND s.journey_id IN ({places})
        ),
        wanted AS (
            SELECT a.journey_id, a.id AS source_id, b.id AS target_id FROM placed a
            JOIN placed b ON b.journey_id = a.journey_id AND b.place = a.place + 1
        )"""
    with connection.cursor() as cursor:
        db.execute(
            cursor,
            f"{wanted} UPDATE {crossing} SET active = %s WHERE active AND journey_id IN ({places})"
            f" AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.source_id = {crossing}.source_id"
            f" AND w.target_id = {crossing}.target_id)",
            [*ids, False, *ids],
        )
        db.execute(
            cursor,
            f"INSERT INTO {crossing} (journey_id, source_id, target_id, active) {wanted}"
            " SELECT w.journey_id, w.source_id, w.target_id, %s FROM wanted w WHERE TRUE"
            " ON CONFLICT (source_id, target_id)"
            " DO UPDATE SET active = excluded.active, journey_id = excluded.journey_id"
            f" WHERE NOT {crossing}.active OR {crossing}.journey_id <> excluded.journey_id",
            [*ids, True],
        )
