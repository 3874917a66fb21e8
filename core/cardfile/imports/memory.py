"""What people have corrected about lists: proposed again for the next list with the same headings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from piccolo.query.mixins import OnConflictAction

from cardfile.imports.custom_making import custom_fields, has_custom_fields
from cardfile.imports.host import ImportHost
from cardfile.imports.plan import ImportPlan
from cardfile.imports.tables import ImportMemory
from cardfile.spreadsheets.headers import Header, fingerprint
from cardfile.values.text import fold_key

__all__ = ["Memory", "recall", "remember"]

_MOST: Final = 2_000
"""How many lists of one kind are remembered when a new one is looked at: the latest."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """Where the columns of earlier lists of one kind went, as far as somebody said so.

    `custom` are the paths of the custom fields that such lists have led to.
    """

    lists: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    custom: tuple[str, ...] = ()

    def of(self, header: Header) -> dict[int, Path | None]:
        """Return where the columns of a list with these headings went, None for one that was left out."""
        if header.is_made_up or not (kept := self.lists.get(fingerprint(header))):
            return {}
        keys = {index: fold_key(name) for index, name in header.names.items()}
        return {
            index: tuple(path.split(".")) if (path := kept[key]) else None
            for index, key in keys.items()
            if key in kept
        }


async def recall(app: ImportHost, entity: str) -> Memory:
    """Return what is remembered of lists of `entity`.

    It says nothing of the lists but where columns went, and whoever looks at one is offered only fields that he
    may fill.
    """
    rows = await app.database.run(
        ImportMemory.select(ImportMemory.fingerprint, ImportMemory.columns)
        .where(ImportMemory.entity == entity)
        .order_by(ImportMemory.id, ascending=False)
        .limit(_MOST)
    )
    lists = {str(row["fingerprint"]): orjson.loads(row["columns"]) for row in rows}
    return Memory(lists, tuple(await custom_fields(app)) if has_custom_fields(app.model[entity]) else ())


async def remember(app: ImportHost, plan: ImportPlan, mapping: Mapping[str, str | None] | None) -> None:
    """Keep where somebody wants columns to go: `mapping` has their names or letters, `plan` what came of it."""
    for sheet in plan.sheets:
        header = Header(sheet.header_row, sheet.names, is_made_up=sheet.header_row == 0)
        wanted = {index for name in mapping or {} if (index := header.index_of(name)) is not None}
        told = {fold_key(sheet.names[index]): sheet.paths.get(index) for index in sorted(wanted)}
        if header.is_made_up or not told:
            continue
        key = fingerprint(header)
        same_list = (ImportMemory.entity == sheet.entity) & (ImportMemory.fingerprint == key)
        async with app.database.transaction() as transaction:
            kept = await app.database.run(ImportMemory.select(ImportMemory.columns).where(same_list))
            before = orjson.loads(kept[0]["columns"]) if kept else {}
            (made,) = await transaction.reserve_ids("sheet_import_memory")
            row: dict[Any, Any] = {
                "id": made,
                "entity": sheet.entity,
                "fingerprint": key,
                "columns": orjson.dumps({**before, **told}).decode(),
            }
            await app.database.run(
                ImportMemory.insert(ImportMemory(**row)).on_conflict(
                    target=(ImportMemory.entity, ImportMemory.fingerprint),
                    action=OnConflictAction.do_update,
                    values=[ImportMemory.columns],
                )
            )
