"""The order of the rows of an org file: what is merged comes after what it is merged into, and circles are rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from workspace.organisation.commands.imports.rows import Record

Node = tuple[str, str]


def arrange(records: Iterator[Record]) -> Iterator[Record]:
    """Pass on what stands for itself; keep what names a successor, and units that close, for the end.

    Departments come before units, and a successor before whom it succeeds. Two rows that name different heads of one
    unit contradict each other: the first one counts.
    """
    heads: dict[str, tuple[str, int]] = {}
    later: dict[Node, Record] = {}
    for record in records:
        if record.is_rejected:
            yield record
            continue
        _compare_heads(record, heads)
        if _waits(record):
            later[_node(record.cells)] = record
        else:
            yield record
    successors = {
        node: (node[0], _folded(node[0], record.cells.get("merged_into", ""))) for node, record in later.items()
    }
    for node in _in_circles(successors):
        _reject_circle(later[node], node, successors, later)
    yield from sorted(later.values(), key=lambda record: _place(_node(record.cells), successors))


def _node(cells: Mapping[str, str]) -> Node:
    code = cells["department_code"]
    return ("department", code) if code or cells["department"] else ("unit", cells["business_unit"].lower())


def _folded(noun: str, name: str) -> str:
    return name.lower() if noun == "unit" else name


def _waits(record: Record) -> bool:
    closes_unit = _node(record.cells)[0] == "unit" and record.cells.get("status", "").lower() == "archived"
    return closes_unit or bool(record.cells.get("merged_into"))


def _compare_heads(record: Record, heads: dict[str, tuple[str, int]]) -> None:
    email = record.cells.get("unit_head_email", "")
    if not email:
        return
    first, line = heads.setdefault(record.cells["business_unit"].lower(), (email.lower(), record.line))
    if first != email.lower():
        record.add_problem(
            "unit_head_email",
            email,
            _("Line %(line)s names another head of this unit, %(email)s. Name the same one in all its rows.")
            % {"line": line, "email": first},
            whole=False,
        )


def _in_circles(successors: Mapping[Node, Node]) -> list[Node]:
    """Every node from which the successors lead back to itself."""
    circular: list[Node] = []
    settled: set[Node] = set()
    for start in successors:
        path: list[Node] = []
        here: Node | None = start
        while here is not None and here not in settled and here not in path:
            path.append(here)
            here = successors.get(here)
        if here in path:
            circular += path[path.index(here) :]
        settled.update(path)
    return circular


def _reject_circle(record: Record, node: Node, successors: Mapping[Node, Node], later: Mapping[Node, Record]) -> None:
    circle, here = [node], successors[node]
    while here != node:
        circle.append(here)
        here = successors[here]
    names = [later[each].cells["department_code"] or later[each].cells["business_unit"] for each in (*circle, node)]
    record.add_problem(
        "merged_into",
        record.cells["merged_into"],
        _("The successors go round in a circle: %(circle)s. Let one of them stay open.")
        % {"circle": " → ".join(names)},
    )


def _place(node: Node, successors: Mapping[Node, Node]) -> tuple[bool, int]:
    """Departments before units; then whoever has the shortest way to a successor that stands for itself."""
    steps = 0
    seen = {node}
    here = successors[node]
    while here in successors and here not in seen:
        steps += 1
        seen.add(here)
        here = successors[here]
    return node[0] == "unit", steps
