"""Text: folded as it is searched, and in the order of its bytes."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import Func, TextField
from django.dispatch import receiver

ACCENT = re.compile("[\u0300-\u036f]")


def folded(text: str) -> str:
    """Text as it is searched: in small letters and without accents, so that `ecole` finds École."""
    if text.isascii():
        return text.lower()
    return ACCENT.sub("", unicodedata.normalize("NFKD", text)).casefold()


class Folded(Func):
    """Several columns, one below the other, as `folded` makes text: to look for a word in all of them at once."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """By the function of `_let_fold`."""
        return self.as_sql(compiler, connection, function="throughline_folded", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """By PostgreSQL's own functions; ASCII, as most text is, has no accents to take away."""
        lines = "concat_ws(E'\\n', %(expressions)s)"
        bare = f"regexp_replace(normalize({lines}, NFKD), '[\u0300-\u036f]', '', 'g')"
        template = (
            f"CASE WHEN octet_length({lines}) = char_length({lines}) THEN lower({lines})"
            f" ELSE replace(lower({bare}), 'ß', 'ss') END"
        )
        return self.as_sql(compiler, connection, template=template, **extra)


@receiver(connection_created, dispatch_uid="fold on SQLite")
def _let_fold(connection: Any, **_: Any) -> None:
    """SQLite knows the case of ASCII alone, and no accents."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("throughline_folded", -1, _folded_lines, deterministic=True)


def _folded_lines(*values: str | None) -> str:
    return folded("\n".join(filter(None, values)))


class ByteOrderedField(TextField):  # type: ignore[type-arg]  # at run time it takes none
    """Text whose order is that of its bytes, on every engine: the keys of an order (see `sprints.queries.order`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("db_collation", None)  # that of the engine, asked for when the column is made
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """The parameters of a text column, with the collation of the engine that compares bytes."""
        collation = "C" if connection.vendor == "postgresql" else "BINARY"
        return super().db_parameters(connection) | {"collation": collation}
