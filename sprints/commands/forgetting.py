"""Throwing away what was deleted more than thirty days ago: until then it can be brought back."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef

from sprints.models import Approval, Comment, Commitment, Story
from workspace import clock

KEPT = timedelta(days=30)
AT_ONCE = 200  # rows per statement, each of which is a transaction of its own


def forget_deleted_comments() -> None:
    """Delete comments for good: 1 statement where there is nothing to do."""
    over = Comment.objects.filter(deleted_at__lt=clock.now() - KEPT)
    while found := list(over.order_by().values_list("pk", flat=True)[:AT_ONCE]):
        over.filter(pk__in=found).delete()


def forget_deleted_stories() -> None:
    """Delete stories for good, with all that hangs on them: 1 statement where there is nothing to do.

    One that a team committed itself to stays, for the commitment is for good; one about which somebody outside or
    inside was asked stays as well, for the answer is.
    """
    over = Story.objects.filter(deleted_at__lt=clock.now() - KEPT).filter(
        ~Exists(Commitment.objects.filter(story=OuterRef("pk"))), ~Exists(Approval.objects.filter(story=OuterRef("pk")))
    )
    while found := list(over.order_by().values_list("pk", flat=True)[:AT_ONCE]):
        over.filter(pk__in=found).delete()
