"""One operation of the API as OpenAPI describes it, out of what its view declares."""

from __future__ import annotations

from typing import Any

import uritemplate
from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.plumbing import ComponentRegistry, get_doc
from rest_framework import serializers

import api.schema.security  # noqa: F401  # is found by being there
from api.kernel.access import ReachesScope
from api.kernel.inputs import Input
from api.kernel.nouns import NounView
from api.kernel.shapes import Shape
from api.kernel.wire import JsonRenderer
from api.schema import parameters
from api.schema.examples import note_example
from api.schema.headers import refer
from api.schema.problems import OF_STATUS
from api.schema.shapes import note_included, page_of, whole_or_part

CHANGING = ("POST", "PUT", "PATCH", "DELETE")
VERBS = {"partial_update": "change", "destroy": "remove"}


class AutoSchema(SpectacularSchema):
    """An operation: every noun is described by its declarations alone."""

    view: Any

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> dict[str, Any]:
        """The operation, with all that it takes and answers."""
        self.registry, self.path, self.path_regex = registry, path, path_regex
        self.path_prefix, self.method = path_prefix, method.upper()
        self.action = str(self.view.action)
        scope = self.view.scope_of() if self.is_for_people else "none"
        operation = {
            "operationId": self.get_operation_id(),
            "summary": self.get_summary(),
            "description": f"{self.get_description()}\n\n{_scope_told(scope)}",
            "tags": [self.get_tag()],
            "parameters": list(self.get_parameters()),
            "security": [{"token": [scope]}, {"session": []}] if self.is_for_people else [],
            "responses": self.get_responses(),
            "x-scope": scope,
        }
        self.get_auth()  # notes the ways to sign in among the components
        if (body := self.get_body()) is not None:
            operation["requestBody"] = body
        return operation

    def get_operation_id(self) -> str:
        """Noun and verb, as a client made from the description names it."""
        verb = VERBS.get(self.action, self.action)
        name = self.view.basename if verb == "list" and not self.is_usual else f"{self.view.basename}_{verb}"
        return str(name).replace("-", "_").replace(" ", "_")

    @property
    def is_for_people(self) -> bool:
        """Whether somebody has to be signed in."""
        return ReachesScope in self.view.permission_classes

    @property
    def is_usual(self) -> bool:
        """Whether the kernel's own words are all that there are for the action."""
        handler = getattr(type(self.view), self.action)
        return isinstance(self.view, NounView) and handler in (NounView.list, NounView.retrieve)

    def get_summary(self) -> str:
        """The first sentence."""
        if self.is_usual:
            words = self.view.plural.rpartition("/")[2].replace("-", " ")
            return f"List {words}" if self.action == "list" else f"One {self.view.noun}"
        first = get_doc(getattr(self.view, self.action)).partition("\n\n")[0]
        return " ".join(first.split()).partition(". ")[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        """What it does, and on what."""
        about = get_doc(type(self.view))
        told = get_doc(getattr(self.view, self.action))
        return f"{about}\n\n{told}" if self.is_usual else str(told)

    def get_tag(self) -> str:
        """The noun under which it is found: the first word of its address."""
        return self.path.removeprefix(self.path_prefix.removeprefix("^")).strip("/").partition("/")[0] or "start"

    def get_parameters(self) -> list[parameters.Parameter]:
        """What stands in the address and in headers."""
        found = list(self._resolve_path_parameters(uritemplate.variables(self.path)))  # type: ignore[no-untyped-call]
        if isinstance(self.view, NounView):
            found += parameters.of_list(self.view) if self.action == "list" else ()
            if self.is_noun_answered or self.action in self.view.brief:
                found += parameters.of_one(self.view, self.action)
            elif self.action != "list":
                found += parameters.of_action(self.view, self.action)
        if self.method == "GET":
            return [*found, parameters.IF_NONE_MATCH] if self.is_json else found
        if self.is_versioned:
            found.append(parameters.if_match(is_required=self.is_version_required))
        return [*found, parameters.IDEMPOTENCY_KEY]

    @property
    def form(self) -> Any:
        """What is sent to it; None where it takes nothing."""
        form = self.view.takes.get(self.action)
        return form(context={"view": self.view}) if form is not None else None

    @property
    def is_json(self) -> bool:
        """Whether it answers with JSON."""
        return not self.is_file and all(issubclass(each, JsonRenderer) for each in self.view.renderer_classes)

    @property
    def is_noun_answered(self) -> bool:
        """Whether it answers with one of the noun itself."""
        is_one = self.action not in ("list", "destroy", *self.view.gives, *self.view.files)
        return isinstance(self.view, NounView) and is_one

    @property
    def is_change_of_one(self) -> bool:
        """Whether it changes or removes one thing, for which the kernel asks which version it is for."""
        return self.is_versioned and self.method in ("PUT", "PATCH", "DELETE")

    @property
    def is_versioned(self) -> bool:
        """Whether it may be for one version of the thing; not all things have versions, nor do all acts mind them."""
        view = self.view
        is_of_one = isinstance(view, NounView) and view.detail and self.method in CHANGING
        return bool(is_of_one and "version" in view.shape.names() and self.action not in view.unversioned)

    @property
    def is_version_required(self) -> bool:
        """Whether If-Match has to be sent; a body that names the version it began with stands for it."""
        return self.is_change_of_one and "base_version" not in (self.form.fields if self.form is not None else {})

    @property
    def is_file(self) -> bool:
        """Whether it answers with a file as it is."""
        return self.action in self.view.files

    def get_body(self) -> dict[str, Any] | None:
        """What is sent; None where nothing is."""
        form = self.form
        if form is None:
            return None
        schema = self.resolve_serializer(form, "request").ref
        is_required = any(field.required for field in form.fields.values())
        content = {kind: {"schema": schema} for kind in self.map_parsers()}
        return {"required": is_required, "content": content, "description": get_doc(type(form))}

    def get_responses(self) -> dict[str, Any]:
        """All that it may answer."""
        code, schema = self.get_status(), self.get_answer()
        headers = ["RateLimit", "RateLimit-Policy"] if self.is_for_people else []
        if schema is not None and self.is_json:
            headers.append("ETag")
        headers += ["Link"] if self.action == "list" and isinstance(self.view, NounView) else []
        headers += ["Location"] if code == 201 or (code == 202 and self.action == "create") else []
        headers += ["Idempotency-Replayed"] if self.method in CHANGING else []
        told: dict[str, Any] = {"description": "It is done." if self.method in CHANGING else "Here it is."}
        if schema is not None:
            kinds = [self.view.files[self.action]] if self.is_file else self.map_renderers("media_type")
            told["content"] = {kind: {"schema": schema} for kind in kinds}
        answers = {str(code): told | ({"headers": refer(*headers)} if headers else {})}
        if self.method == "GET" and self.is_json:
            answers["304"] = {"description": "You have it already.", "headers": refer("ETag")}
        return answers | {str(each): {"$ref": f"#/components/responses/Problem{each}"} for each in self.get_refusals()}

    def get_status(self) -> int:
        """The status of an answer that went well."""
        usual = {"create": 201, "destroy": 204}.get(self.action, 200)
        if self.view.gives.get(self.action, self) is None and not self.is_file:
            usual = 204
        return int(self.view.statuses.get(self.action, usual))

    def get_answer(self) -> dict[str, Any] | None:
        """The schema of an answer that went well; None for one without a body."""
        view = self.view
        if self.is_file:
            is_text = self.view.files[self.action].startswith("text/")
            return {"type": "string"} if is_text else {"type": "string", "format": "binary"}
        if self.get_status() == 204 or view.gives.get(self.action, self) is None:
            return None
        if self.action in view.gives:
            given = self._schema_of(view.gives[self.action])
            if not isinstance(view, NounView) or self.action not in view.brief:
                return given
            return {"anyOf": [given, *self._noun()["anyOf"]]}
        if not isinstance(view, NounView):
            return self._schema_of(view.get_serializer_class())
        if self.action != "list":
            return self._noun()
        name, along = self._noun_named()
        return page_of(self, view, name, along)

    def _noun(self) -> dict[str, Any]:
        """The noun of the view, or a part of it."""
        name, _along = self._noun_named()
        return whole_or_part(name)

    def _noun_named(self) -> tuple[str, dict[str, Any]]:
        """The name of the noun's schema, and what is sent along with it."""
        name = self._schema_of(self.view.shape)["$ref"].rpartition("/")[2]
        return name, note_included(self, self.view, name)

    def _schema_of(self, given: Any) -> dict[str, Any]:
        if isinstance(given, serializers.ListSerializer):
            return {"type": "array", "items": self._schema_of(type(given.child))}
        ref: dict[str, Any] = self.resolve_serializer(given, "response").ref
        return ref

    def get_refusals(self) -> list[int]:
        """The statuses of all refusals that it may answer with."""
        found = {400, 406, 500}
        if self.is_for_people:
            found |= {401, 403, 404, 429}
        if uritemplate.variables(self.path):
            found.add(404)
        if self.method in CHANGING:
            found |= {409, 413, 415, 422}
        if self.is_versioned:
            found.add(412)
        if self.is_change_of_one:
            found.add(428)
        return sorted(found & OF_STATUS.keys())

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """The name of what is sent or answered: that of the noun; what is sent gives way to it."""
        name = type(serializer).__name__
        is_taken = isinstance(serializer, Input) and f"{name}Shape" in _names_of(serializers.Serializer)
        return f"{name}Form" if is_taken else name.removesuffix("Shape")

    def _get_serializer_field_meta(self, field: Any, direction: Any) -> Any:
        meta = super()._get_serializer_field_meta(field, direction)  # type: ignore[no-untyped-call]
        if direction == "request" and isinstance(field, serializers.CharField) and not field.allow_blank:
            meta["minLength"] = 1
        if direction == "request" and isinstance(field, serializers.FileField):
            meta["format"] = "binary"
        return meta

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if isinstance(serializer, Input):
            schema["additionalProperties"] = False
            if (each := getattr(serializer, "each", None)) is not None:
                one = each(context={"view": self.view})
                schema["properties"]["items"]["items"] = self.resolve_serializer(one, "request").ref
        note_example(schema, serializer)
        if isinstance(serializer, Shape):
            schema["required"] = sorted(name for name, field in serializer.fields.items() if field.required)
        return schema


def _scope_told(scope: str) -> str:
    return "Open to everybody." if scope == "none" else f"Scope: `{scope}`."


def _names_of(kind: type) -> set[str]:
    below: list[type] = kind.__subclasses__()
    return {kind.__name__}.union(*(_names_of(each) for each in below))
