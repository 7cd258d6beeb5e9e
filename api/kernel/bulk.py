"""Several things in one request: each is done for itself, and each has a result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import OperationalError, transaction
from rest_framework import serializers, status

from api.kernel.inputs import Input, taken_by
from api.kernel.problems import told_of
from api.kernel.views import ApiView
from workspace import db

MOST = 500
"""So many things one request may hold."""


class ResultShape(serializers.Serializer[Any]):
    """What came of one of the things: its status as if it had been sent alone, and what it is, or what is wrong."""

    index = serializers.IntegerField(help_text="Its place in the request, from 0.")
    status = serializers.IntegerField()
    id = serializers.IntegerField(required=False)
    version = serializers.IntegerField(required=False)
    problem = serializers.DictField(required=False, help_text="As it stands in an answer of its own (RFC 9457).")


class ResultsShape(serializers.Serializer[Any]):
    """The results, in the order of what was sent."""

    results = ResultShape(many=True)


@cache
def several(form: type[Input]) -> type[Input]:
    """What is sent for several things: `items`, from 1 to 500 of them, each as `form` takes it."""
    items = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST)
    more = {"items": items, "each": form, "__doc__": f"Several, each as: {form.__doc__}"}
    return type(f"{form.__name__}s", (Input,), more)


def results_of(
    view: ApiView, items: Sequence[Any], form: type[Input], act: Callable[[dict[str, Any]], dict[str, Any]]
) -> list[dict[str, Any]]:
    """Read each of the items by the form and do it, in a transaction of its own; what fails stops no other.

    `act` answers what is told of the thing: its `id`, its `version`, and its `status`, if that is not 200.
    """

    @db.command
    def alone(item: Any) -> dict[str, Any]:
        with transaction.atomic():  # under an Idempotency-Key, all of them are part of one transaction
            return act(taken_by(form, item, view))

    results = []
    for index, item in enumerate(items):
        told: dict[str, Any] = {"index": index, "status": status.HTTP_200_OK}
        try:
            told |= alone(item)
        except OperationalError:
            raise  # the database is in distress: whatever was not done can be sent again
        except Exception as error:  # a fault of the house stops no other thing either
            problem = told_of(error, view)
            told |= {"status": problem["status"], "problem": problem}
        results.append(told)
    return results
