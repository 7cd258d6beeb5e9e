"""Forms: Django's form rendering in the house's look, error summary, search field, filter bar and its chips."""

from dataclasses import dataclass

from django import template
from django.forms import BaseForm, BoundField
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict
from django.template import Context

register = template.Library()


class FormRenderer(TemplatesSetting):
    """Makes `{{ form }}` and `{{ field.as_field_group }}` use the templates in `ui/`."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


@dataclass(frozen=True)
class Chip:
    """One active filter, and the address without it."""

    label: str
    value: str
    url: str


def query_with(context: Context, **changes: object) -> str:
    """Return the page's query string with `changes`; None removes a key. Always begins with "?"."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return "?" + query.urlencode()


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: BaseForm, *, focus: bool = True) -> dict[str, object]:
    """What has to be put right, on top of a form that came back, each with a link to its field; takes the focus."""
    return {"form": form, "focus": focus, "wrong": [field for field in form if field.errors]}


@register.inclusion_tag("ui/search_field.html")
def search_field(
    name: str = "q",
    value: str = "",
    *,
    field_id: str = "search",
    label: str = "",
    placeholder: str = "",
    main: bool = False,
) -> dict[str, object]:
    """A search input, to stand in a GET form. `main` makes it the one that `/` focuses."""
    return {"name": name, "value": value, "id": field_id, "label": label, "placeholder": placeholder, "main": main}


@register.inclusion_tag("ui/filter_bar.html", takes_context=True)
def filter_bar(context: Context, form: BaseForm, *, search: str = "", target: str = "") -> dict[str, object]:
    """The fields of a filter form as a GET form; the field named `search` becomes a search field.

    With `target` (a CSS selector) a change fetches the page's partial into it at once and keeps the address; without
    a script there is a button. `{% filter_chips %}` belongs inside the target.
    """
    fields = [field for field in form if field.name != search]
    request = context.get("request")
    kept = {} if request is None else {key: request.GET[key] for key in ("sort",) if request.GET.get(key)}
    return {
        "fields": [field for field in fields if not field.is_hidden],
        "hidden": [field for field in fields if field.is_hidden],
        "search": form[search] if search else None,
        "target": target,
        "kept": kept,
        "action": "" if request is None else request.path,
    }


@register.inclusion_tag("ui/filter_chips.html", takes_context=True)
def filter_chips(context: Context, form: BaseForm) -> dict[str, object]:
    """The filters that are active, each with a way out, and one to clear them all."""
    request = context.get("request")
    if request is None:
        return {"chips": []}
    chips = [chip for field in form if not field.is_hidden for chip in _chips(field, request.GET)]
    without_any = request.GET.copy()
    for key in [*(field.html_name for field in form), "page"]:
        without_any.pop(key, None)
    return {"chips": chips, "clear_url": "?" + without_any.urlencode()}


def _chips(field: BoundField, query: QueryDict) -> list[Chip]:
    """Return a chip for each value of the field that the address holds and the field takes."""
    if field.errors:
        return []
    key = field.html_name
    words = {str(value): str(text) for value, text in _choices(field)}
    chips = []
    for value in dict.fromkeys(query.getlist(key)):
        if not value or (words and value not in words):
            continue
        rest = query.copy()
        rest.setlist(key, [other for other in query.getlist(key) if other != value])
        rest.pop("page", None)
        is_switch = field.widget_type == "checkbox"
        chips.append(
            Chip(
                "" if is_switch else str(field.label),
                str(field.label) if is_switch else words.get(value, value),
                "?" + rest.urlencode(),
            )
        )
    return chips


def _choices(field: BoundField) -> list[tuple[object, object]]:
    """Return the choices of the field, with groups opened."""
    flat: list[tuple[object, object]] = []
    for value, text in getattr(field.field, "choices", ()):
        flat.extend(text if isinstance(text, list | tuple) else [(value, text)])
    return flat
