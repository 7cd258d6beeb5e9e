"""A noun of the API: its list and one of it, out of what somebody sees, with what they ask for along with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.access import access_of
from api.kernel.filters import NounFilters, StrictFilters, check_parameters
from api.kernel.inputs import Input
from api.kernel.paging import Key, in_turns, limit_of, page_of, turns_of
from api.kernel.sets import sets_joined
from api.kernel.shapes import Plan, Shape, dressed, plan_of, rows_of
from api.kernel.versions import overtaken, stale, version_told
from api.kernel.wanted import WantedView
from workspace import db
from workspace.errors import NotAllowed, StaleWrite, Unknown

OF_ONE = {"fields", "include"}
"""What every address of one thing takes."""


class NounView(WantedView):
    """A noun: its list and one of it, out of what the person may see and the token opens."""

    noun: ClassVar[str] = ""
    plural: ClassVar[str] = ""
    """Its part of the address."""
    filterset_class: ClassVar[type[NounFilters] | None] = None
    filter_backends = (StrictFilters,)
    orderings: ClassVar[Mapping[str, Key]] = {"id": Key("pk")}
    ordering: ClassVar[Sequence[str]] = ("id",)
    parameters: ClassVar[Mapping[str, Collection[str]]] = {}
    """Action → the parameters in its address, beside `fields` and `include`; the action reads them itself."""
    narrowed: ClassVar[Collection[str]] = ()
    """Actions that take the filters and the order of the list."""
    is_paged: ClassVar[bool] = True
    """Whether its list comes in pages; a short one, all of whose things are always there, comes at once."""
    brief: ClassVar[Collection[str]] = ()
    """Actions that answer what `gives` says, and the noun itself where `fields` or `include` ask for more."""
    unversioned: ClassVar[Collection[str]] = ()
    """Actions at one thing that do not look at If-Match, though the noun has a version."""
    lookup_value_converter = "int"
    is_of_a_team: ClassVar[bool] = False
    """Whether tokens that are limited to teams reach it; all others are for tokens without limits."""

    def visible(self) -> QuerySet[Any]:
        """What the person may see. Each noun says it."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        """What the person may see and the token opens."""
        self.check_limits()
        return self.visible()

    def check_limits(self) -> None:
        """Raise NotAllowed for a limited token, unless the noun knows how to keep to its limits."""
        if access_of(self.request).limits and not self.is_of_a_team:
            raise NotAllowed(
                _("This token is limited to some teams, and this belongs to none."),
                next_step=_("Make a token without limits."),
            )

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before anything is done: whether the parameters mean something here. A list looks at its own."""
        super().initial(request, *args, **kwargs)
        if self.action not in self.action_map.values():
            return  # the method is not taken, and that is what is to be said
        request._request.GET = sets_joined(request._request.GET)  # type: ignore[assignment]  # nobody changes it
        if self.action != "list":
            check_parameters(request.query_params, self._parameters_known())
        self.fields_wanted()
        self.included_wanted()

    def _parameters_known(self) -> set[str]:
        """What can stand in the address of an action that is no list."""
        action = self.action or ""
        known = set(self.parameters.get(action, ()))
        is_noun_answered = action not in ("destroy", *self.files, *self.gives) or action in self.brief
        if is_noun_answered:
            known |= OF_ONE
        if action in self.narrowed and self.filterset_class is not None:
            known |= {"ordering", *self.filterset_class.known()}
        return known

    def narrowed_rows(self) -> QuerySet[Any]:
        """All that the person sees of what the filters leave, in the order that is asked for. Raises a problem."""
        turns = turns_of(self.request, self.orderings, self.ordering)
        return in_turns(StrictFilters().filter_queryset(self.request, self.get_queryset(), self), turns)

    def get_serializer_class(self) -> type[Shape]:
        """The shape, for the schema."""
        return self.shape

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of what the person sees."""
        limit = limit_of(request)
        turns = turns_of(request, self.orderings, self.ordering)
        queryset = StrictFilters().filter_queryset(request, self.get_queryset(), self)
        plan = plan_of(self.shape, self.fields_read())
        page = page_of(queryset, plan.columns, request=request, turns=turns, limit=limit, noun=f"{self.noun}{kwargs}")
        items = dressed(page.rows, plan, self.person)
        along = self.along(items)
        body: dict[str, Any] = {"items": self._cut(items), "next": self._next(page.cursor), **along}
        response = self.versioned(body)
        if body["next"]:
            response.headers["Link"] = f'<{body["next"]}>; rel="next"'
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One thing."""
        return self.answer(self.key_of(kwargs))

    def key_of(self, kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the address names, as a filter."""
        return {"pk": kwargs["pk"]}

    def answer(self, key: Mapping[str, Any], *, code: int = status.HTTP_200_OK) -> Response:
        """One thing as the person sees it now, with its version. Raises Unknown."""
        names = self.fields_read()
        if "version" in self.shape.names() and "version" not in names:
            names = (*names, "version")
        rows = dressed(self.read_at(key, plan := plan_of(self.shape, names)), plan, self.person)
        if not rows:
            raise self.unknown(key)
        version = rows[0].get("version")
        along = self.along(rows)
        return self.versioned(self._cut(rows)[0] | along, version, code=code)

    def read_at(self, key: Mapping[str, Any], plan: Plan) -> Sequence[Sequence[Any]]:
        """The row that the key names, with the plan's columns; nothing where there is none: 1 statement."""
        return list(self.get_queryset().filter(**key).values_list(*plan.columns)[:1])

    def created(self, pk: int) -> Response:
        """What was made, and its address."""
        response = self.answer({"pk": pk}, code=status.HTTP_201_CREATED)
        response.headers["Location"] = f"{self.request.path}{pk}/"
        return response

    def unknown(self, key: Mapping[str, Any]) -> Unknown:
        """What is said of a thing that is not there, or that the person may not know of."""
        told = "-".join(str(value) for value in key.values())
        return Unknown(
            _("There is no %(noun)s %(id)s that you can see.") % {"noun": self.noun, "id": told},
            next_step=_("List them at %(address)s.") % {"address": self._list_address()},
        )

    def _list_address(self) -> str:
        """Where all of them are; for what has no list of its own, where it was asked for."""
        within = {name: value for name, value in self.kwargs.items() if name != (self.lookup_url_kwarg or "pk")}
        try:
            return reverse(f"api:{self.basename}-list", kwargs=within)
        except NoReverseMatch:
            return str(self.request.path)

    def one(self, key: Mapping[str, Any] | None = None) -> Any:
        """The thing that the address names, for a command. Raises Unknown."""
        key = key if key is not None else self.key_of(self.kwargs)
        thing = self.get_queryset().filter(**key).first()
        if thing is None:
            raise self.unknown(key)
        return thing

    def changed(self, thing: Any, act: Callable[[], Any], *, is_required: bool = True) -> Response:
        """Do it unless the caller has an older version, and answer with what stands then.

        `is_required`: whether If-Match has to be sent (a change of fields), or only counts where it is (a step).
        """
        self.unless_stale(thing, act, is_required=is_required)
        return self.answer({"pk": thing.pk})

    def removed(self, thing: Any, act: Callable[[], Any]) -> Response:
        """Do away with it unless the caller has an older version; nothing is left to answer with."""
        self.unless_stale(thing, act)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def unless_stale(self, thing: Any, act: Callable[[], Any], *, is_required: bool = True) -> None:
        """Do it; raises a problem where If-Match is missing though required (428), or names an older version (412)."""
        told = version_told(self.request, is_required=is_required)

        @db.command
        def compare_and_act() -> None:
            if told is not None:
                current = self.version_of(self.held(thing))
                if told != current:
                    raise stale(told, current, self.state_of(thing))
            act()

        with self.telling(thing, self.request.data):
            compare_and_act()

    @contextmanager
    def telling(self, thing: Any, sent: Any) -> Iterator[None]:
        """Let a refusal because of what others changed since a `base_version` say what stands now, and which fields."""
        try:
            yield
        except StaleWrite as refusal:
            if refusal.version is None:
                raise
            form = self.takes.get(self.action or "", Input)
            fields = getattr(form, "each", form)._declared_fields.items()
            names = {field.source: name for name, field in fields if field.source}
            raise overtaken(refusal, self.state_of(thing), names, sent) from None

    def version_of(self, thing: Any) -> int:
        """The version that the thing has come to."""
        return int(thing.version)

    def held(self, thing: Any) -> Any:
        """The thing as it stands, and stays until the transaction ends."""
        self.hold(thing)
        thing.refresh_from_db()
        return thing

    def hold(self, thing: Any) -> None:
        """Hold the thing until the transaction ends; first what the commands of the noun hold first, if they do."""
        db.lock_row(thing._meta.concrete_model, thing.pk)

    def state_of(self, thing: Any) -> Any:
        """The thing as it goes on the wire, all of it."""
        rows = rows_of(self.visible().filter(pk=thing.pk)[:1], plan_of(self.shape, self.shape.names()), self.person)
        return rows[0] if rows else None

    def _next(self, cursor: str) -> str | None:
        if not cursor:
            return None
        asked = self.request.query_params.copy()
        asked["cursor"] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{asked.urlencode()}")
