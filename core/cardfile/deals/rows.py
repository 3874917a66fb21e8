"""Rows as the rules of deals look at them: as they are, whatever the person who acts may see."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from cardfile.database.tables import Record
from cardfile.errors import DeclarationError
from cardfile.journal.calls import Call
from cardfile.pipelines.book import GoalSpec, StageSpec
from cardfile.query import fetch_records
from cardfile.rights import EVERYTHING, Rights

__all__ = ["ALL", "called", "id_of", "of_deals", "rows_of"]

ALL: Final[Rights] = EVERYTHING
"""With these rights a command writes what follows from a move: whoever may move a deal need not see all of it."""


async def rows_of(
    call: Call,
    table: type[Record],
    *,
    ids: Collection[int] | None = None,
    where: Mapping[str, object] | None = None,
    paths: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Return rows by path, with their `id`: those of `ids` that match, or all live ones that do."""
    return await fetch_records(
        call.app.database,
        call.app.model,
        call.app.model.of_table(table),
        EVERYTHING,
        now=call.now,
        ids=ids,
        filter=where,
        paths=paths,
        reading=call.work.reading,
    )


def id_of(reference: object) -> int:
    """Return the id that a reference of a record holds; raises `DeclarationError` when it holds none."""
    if isinstance(reference, int):
        return reference
    raise DeclarationError(f"{reference!r} is no id of a record: this was read without its references")


def called(call: Call, spec: StageSpec | GoalSpec) -> str:
    """Return what to call a stage or a goal in a sentence: by its key where its label is hidden from the reader."""
    entity = "stage" if isinstance(spec, StageSpec) else "goal"
    return spec.label if call.rights.sees(entity, "label") else spec.key


def of_deals(deals: Collection[int], **more: object) -> Mapping[str, object]:
    """Return the filter of what hangs on these deals."""
    return {"deal": {"id": {"in": list(deals)}}, **more}
