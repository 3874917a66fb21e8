"""Records as a sheet: what this person may see and take away, under the words of his language."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from cardfile.clients.custom_fields import SCALE as CUSTOM_SCALE
from cardfile.errors import FileRefused, NotAllowed
from cardfile.exports.columns import AS_THEY_ARE, CUSTOM_VALUE, SCALED, Column, chosen_columns
from cardfile.imports.name_book import read_titles
from cardfile.imports.targets import Tagging
from cardfile.journal.host import Host, reading_of
from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.query.rows import count_records, fetch_records, iterate_records
from cardfile.rights import Actor, Rights, Scope
from cardfile.spreadsheets.text_writer import write_csv
from cardfile.spreadsheets.writer import MOST_ROWS, TOO_MANY_ROWS, OutColumn, OutSheet, write_workbook
from cardfile.texts import said
from cardfile.values.money import Money
from cardfile.values.phone import format_phone

__all__ = ["count_exported", "export_records", "require_export"]

Row = dict[str, object]
Rows = Sequence[Row]
Tell = Callable[[int], Awaitable[None]]

_AT_ONCE: Final = 500
"""How many records are read at once: to turn more of them into values would hold the event loop for long."""

_BEFORE_OTHERS: Final = 100
"""After how many records others may use the event loop."""

SUFFIXES: Final = (".xlsx", ".csv")


async def export_records(
    app: Host,
    actor: Actor,
    record_type: RecordType,
    target: Path,
    *,
    filter: Mapping[str, object] | None = None,  # the word of the API
    search: str | None = None,
    fields: Sequence[str] = (),
    tell: Tell | None = None,
) -> int:
    """Write the records that this person may export to an xlsx or csv file, by its name; return how many.

    Hidden fields are left out. Read again, the file changes nothing. `tell` hears after each portion how many
    records were read. Raises `NotAllowed`, `InvalidInput` for a field or filter that does not exist,
    `FileRefused` for a file that cannot be written, or more rows than a sheet holds.
    """
    require_export(actor.rights, record_type.key)
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise FileRefused("Write to a file that ends with .xlsx or .csv, not {name}.", name=target.name)
    columns = await chosen_columns(app, actor, record_type, fields)
    rows = _rows(app, actor, record_type, columns, filter=filter, search=search, tell=tell)
    head = [OutColumn(column.title, column.kind) for column in columns]
    zone = ZoneInfo(actor.zone)
    try:
        if suffix == ".xlsx":
            title = said(record_type.entity.plural, actor.locale)
            return await write_workbook(target, [OutSheet(title, head, rows, zone)])
        part = target.with_name(target.name + ".part")
        try:
            with part.open("wb") as file:
                written = await write_csv(file, head, rows, zone=zone)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return written
    except OSError as error:
        raise FileRefused(
            "The file “{name}” cannot be written: {reason}.", name=target.name, reason=error.strerror
        ) from error


def require_export(rights: Rights, entity: str) -> None:
    """Raise `NotAllowed` unless somebody may take records of `entity` away."""
    if rights.scope(entity, "export") is Scope.NONE:
        raise NotAllowed("You may not export these.")


async def count_exported(
    app: Host,
    actor: Actor,
    record_type: RecordType,
    *,
    filter: Mapping[str, object] | None,  # the word of the API
    search: str | None,
    is_sheet: bool,
) -> int:
    """Return how many records an export would have; raises `FileRefused` for more than a sheet holds."""
    now = app.clock.now()
    found = await count_records(
        app.database,
        app.model,
        record_type,
        actor.rights,
        now=now,
        action="export",
        filter=filter,
        search=search,
        reading=reading_of(app, actor, now),
    )
    if is_sheet and found >= MOST_ROWS:
        raise FileRefused(TOO_MANY_ROWS, limit=MOST_ROWS - 1)
    return found


async def _rows(
    app: Host,
    actor: Actor,
    record_type: RecordType,
    columns: Sequence[Column],
    *,
    filter: Mapping[str, object] | None,  # the word of the API
    search: str | None,
    tell: Tell | None,
) -> AsyncIterator[list[object]]:
    now = app.clock.now()
    reading = reading_of(app, actor, now)
    portions = iterate_records(
        app.database,
        app.model,
        record_type,
        actor.rights,
        now=now,
        action="export",
        filter=filter,
        search=search,
        reading=reading,
        at_once=_AT_ONCE,
    )
    read = 0
    async for portion in portions:
        lists = {
            column.path: await _listed(app, actor, column.link, column.tagging, portion)
            for column in columns
            if column.link is not None and column.custom is None
        }
        custom = await _custom_values(app, actor, columns, portion)
        names = await _names(app, actor, record_type, columns, portion)
        for place, row in enumerate(portion):
            if place % _BEFORE_OTHERS == 0:
                await asyncio.sleep(0)
            record = int(str(row["id"]))
            cells: list[object] = []
            for column in columns:
                if column.custom is not None:
                    cells.append(custom.get((column.custom, record)))
                elif column.line is None:
                    cells.append(
                        lists[column.path].get(record)
                        if column.link is not None
                        else record_type.global_id(record)
                    )
                elif column.path in names:
                    cells.append(names[column.path].get(int(str(row[column.path] or 0))))
                else:
                    cells.append(_cell(column.line, row[column.path], reading))
            yield cells
        read += len(portion)
        if tell is not None:
            await tell(read)


def _cell(line: Line, value: object, reading: Any) -> object:
    if value is None:
        return None
    if line.kind in SCALED:
        return int(str(value)) / 10**line.field.scale
    if line.kind in AS_THEY_ARE:
        return value
    if line.kind is Kind.MONEY and isinstance(value, Money) and value.currency == reading.currency:
        return value.amount  # a number to reckon with; other currencies are texts, which name them
    return KINDS[line.kind].show(value, line.field, reading)


async def _listed(
    app: Host,
    actor: Actor,
    link: Link,
    tagging: Tagging | None,
    portion: Rows,
) -> dict[int, str]:
    """Return the texts of a list by record: contacts as people write them, tags by their names."""
    target = app.model[link.target]
    back = next(one for one in target.links.values() if one.source == link.column and one.column == "id")
    ids = [int(str(row["id"])) for row in portion]
    path = tagging.line.path if tagging else "value"
    more = [name for name in ("extension",) if name in target.lines and not tagging]
    rows = await fetch_records(
        app.database,
        app.model,
        target,
        actor.rights,
        now=app.clock.now(),
        filter={
            back.key: {"id": {"in": ids}},
            **{key: {"eq": value} for key, value in link.where.items()},
        },
        order=[one for one in link.order if one.removeprefix("-") in target.lines],
        paths=(path, link.column, *more),
    )
    words: Mapping[int, str] = {}
    if tagging is not None:
        wanted = {int(str(row[path])) for row in rows}
        words = await read_titles(
            app.database, app.model, tagging.words, actor.rights, wanted, now=app.clock.now()
        )
    found: dict[int, list[str]] = {}
    for row in rows:
        text = words.get(int(str(row[path])), "") if tagging else _contact(link, row, actor.locale)
        if text:
            found.setdefault(int(str(row[link.column])), []).append(text)
    return {record: "; ".join(texts) for record, texts in found.items()}


async def _custom_values(
    app: Host, actor: Actor, columns: Sequence[Column], portion: Rows
) -> dict[tuple[int, int], object]:
    """Return the values of custom fields, by field and record."""
    wanted = [column.custom for column in columns if column.custom is not None]
    link = next((column.link for column in columns if column.custom is not None), None)
    if link is None:
        return {}
    target = app.model[CUSTOM_VALUE]
    back = next(one for one in target.links.values() if one.source == link.column and one.column == "id")
    rows = await fetch_records(
        app.database,
        app.model,
        target,
        actor.rights,
        now=app.clock.now(),
        filter={
            back.key: {"id": {"in": [int(str(row["id"])) for row in portion]}},
            "field": {"id": {"in": wanted}},
        },
        paths=("field", "value", "number", "day", link.column),
    )
    return {(int(str(row["field"])), int(str(row[link.column]))): _custom_value(row) for row in rows}


def _custom_value(row: Row) -> object:
    if row["day"] is not None:
        return row["day"]
    # Yes and no are kept as numbers, too, and told in words.
    if row["number"] is not None and row["value"] not in ("yes", "no"):
        return int(str(row["number"])) / 10**CUSTOM_SCALE
    return row["value"]


def _contact(link: Link, row: Row, locale: str) -> str:
    value = str(row["value"])
    if link.entry is not Kind.PHONE:
        return value
    extension = row.get("extension")
    word = {"ru": "доб."}.get(locale, "ext.")
    # A single international number stays as it is: a formula cannot hide in it, and every program knows it.
    shown = format_phone(value, locale)
    return f"{shown} {word} {extension}" if extension else shown


async def _names(
    app: Host, actor: Actor, record_type: RecordType, columns: Sequence[Column], portion: Rows
) -> dict[str, dict[int, str]]:
    """Return what the records are called that the portion refers to, by path and id."""
    found = {}
    for column in columns:
        if column.line is None or column.path not in record_type.links:
            continue
        ids = {value for row in portion if isinstance(value := row[column.path], int)}
        target = app.model[record_type.links[column.path].target]
        found[column.path] = await read_titles(
            app.database, app.model, target, actor.rights, ids, now=app.clock.now()
        )
    return found
