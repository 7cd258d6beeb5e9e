"""What somebody is to one thing: a member of a team, a lead of a department. It stands under the id of the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.response import Response

from api.kernel.nouns import NounView
from workspace.errors import Unknown


class ByPersonView(NounView):
    """People who belong to a thing that the address names before them. They have no version."""

    within: ClassVar[type[NounView]]
    """The view of what they belong to; its noun names the id in the address."""

    def holder(self) -> Any:
        """What they belong to. Raises Unknown."""
        view = self.within(request=self.request, kwargs={}, action="list", format_kwarg=None)
        pk = self.kwargs[view.noun]
        found = view.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Unknown(
                _("There is no %(noun)s %(id)s that you can see.") % {"noun": view.noun, "id": pk},
                next_step=_("List them at %(address)s.") % {"address": f"/api/v1/{view.plural}/"},
            )
        return found

    def key_of(self, kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        """The person whom the address names."""
        return {"person_id": kwargs["pk"]}

    def added(self, person_id: int) -> Response:
        """Who was added, and their address."""
        response = self.answer({"person_id": person_id}, code=status.HTTP_201_CREATED)
        response.headers["Location"] = f"{self.request.path}{person_id}/"
        return response
