"""Importing CSV files: row by row where something is new, in bulk, a thousand rows per transaction.

`kinds` says what can be imported (higher apps add theirs), `reading` reads a file as a stream, `comparing` finds what
is new in a row, `chunks` writes a thousand rows, `running` is the job, `requesting` begins it. `org` and `people` are
the two kinds of this app.
"""

from workspace.organisation.commands.imports.kinds import ImportKind, add_import, import_kind, import_kinds
from workspace.organisation.commands.imports.requesting import Outcome, import_file, rehearse_file, request_import
from workspace.organisation.commands.imports.uploads import import_upload

__all__ = [
    "ImportKind",
    "Outcome",
    "add_import",
    "import_file",
    "import_kind",
    "import_kinds",
    "import_upload",
    "rehearse_file",
    "request_import",
]
