"""Doing an import: portion by portion, each whole or not at all, so that it can be cut off at any moment."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import orjson

from cardfile.errors import NotAllowed, NotFound, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import Command
from cardfile.journal.host import reading_of
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.model.record_types import RecordType
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING, Actor, Scope
from cardfile.spreadsheets.cells import Row
from cardfile.spreadsheets.columns import (
    CompiledColumn,
    ReadRow,
    compile_columns,
    identifying_paths,
    read_row,
)
from cardfile.spreadsheets.counts import ImportCounts
from cardfile.spreadsheets.deciding import Decider, Decision
from cardfile.spreadsheets.headers import Header
from cardfile.spreadsheets.host import ImportHost
from cardfile.spreadsheets.issues import issues_to_text
from cardfile.spreadsheets.matching import Matcher, earlier_imports
from cardfile.spreadsheets.name_book import NameBook, read_names
from cardfile.spreadsheets.probing import places_by_column
from cardfile.spreadsheets.reader import SheetReaders
from cardfile.spreadsheets.row_kinds import RowKind, RowSorter
from cardfile.spreadsheets.starting import probe_file, understanding, wishes_from_text
from cardfile.spreadsheets.tables import DuplicateMode, Import, ImportState
from cardfile.spreadsheets.targets import Place, PlaceKind, places_of
from cardfile.spreadsheets.writing import Writer
from cardfile.texts import Label

__all__ = [
    "Halted",
    "Progress",
    "actor_of_import",
    "importing_command",
    "name_books",
    "run_import",
]

PORTION: Final = 1_000
"""How many rows of the sheet are dealt with in one transaction: SQLite's one writer is kept for long by more."""

_AT_ONCE: Final = 200
"""How many rows are read from cells before others may use the event loop."""

_ROW_COLUMNS: Final = ("id", "origin", "row", "outcome", "client", "issues")

_LABEL: Final[Label] = {"en": "Import", "ru": "Импортировать"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: the last row of the sheet dealt with, of about how many, and the counts so far."""

    row: int
    about: int | None
    counts: ImportCounts


Tell = Callable[[Progress], None]


HALTED: Final = "This import was cancelled, or another process is at it."
UNFINISHED: Final = (ImportState.UPLOADED, ImportState.RUNNING)


class Halted(Refused):
    """Somebody cancelled the import, or another process is at it."""


async def run_import(app: ImportHost, number: int, *, tell: Tell | None = None) -> ImportCounts:
    """Do an import, from where it is, to its end; return its counts.

    What was done before the process was cut off stays and is not done again. Raises `Refused` where the import
    fails as a whole, above all `FileRefused` for a file that cannot be read; `Halted` when somebody else is at
    it or cancelled it.
    """
    run = await _Run.begin(app, number, tell)
    if run is None:
        return ImportCounts.of(await _import_row(app, number))
    try:
        await run.to_the_end()
    except Halted:
        raise
    except Refused as error:
        await _fail(app, number, error)
        raise
    return run.counts


async def actor_of_import(app: ImportHost, owner: object) -> Actor:
    """Return who imports: a colleague, or the system itself when it is nobody's import.

    Raises `NotAllowed` when he does not work here any more.
    """
    if owner is None:
        system = Actor.system("import")
        return replace(system, via="import", locale=app.settings.locale, zone=app.settings.zone)
    actor = await app.access.actor(int(str(owner)), via="import")
    if actor is None:
        raise NotAllowed("Whoever started this import does not work here any more.")
    return actor


def importing_command(record_type: RecordType) -> Command:
    """Return the deed under which the journal keeps what an import does to records."""

    async def import_records() -> None:
        return None

    return Command(
        name=f"{record_type.key}.import",
        entity=record_type.key,
        action="import",
        label=_LABEL,
        function=import_records,
        parameters=(),
        result=None,
        event=f"{record_type.key}.imported",
    )


async def name_books(
    app: ImportHost, record_type: RecordType, places: Sequence[Place], actor: Actor
) -> Mapping[str, NameBook]:
    """Return the names of everybody and everything that the columns of a list may refer to."""
    wanted = {
        record_type.links[place.line.path].target
        for place in places
        if place.line is not None and place.line.path in record_type.links
    }
    return {
        key: await read_names(app.database, app.model, app.model[key], actor.rights, now=app.clock.now())
        for key in sorted(wanted)
    }


class _Run:
    """One import being done."""

    def __init__(
        self, app: ImportHost, row: Mapping[str, Any], actor: Actor, places: Mapping[int, tuple[str, Place]]
    ) -> None:
        self.app = app
        self.number = int(row["id"])
        self.actor = actor
        self.record_type = app.model[str(row["entity"])]
        self.counts = ImportCounts.of(row)
        self.last_row = int(row["last_row"])
        self.batch = int(row["batch"])
        self._row = row
        self._places = places
        self._tell: Tell | None = None
        self._mode = DuplicateMode(row["duplicates"])
        taggings = {place.path: place.tagging for _, place in places.values() if place.tagging is not None}
        self._writer = Writer(
            app,
            actor,
            self.record_type,
            self.record_type.records,
            importing_command(self.record_type),
            taggings,
            row["assign_to"],
        )

    @classmethod
    async def begin(cls, app: ImportHost, number: int, tell: Tell | None) -> "_Run | None":
        """Return the import ready to go on, None when it is at its end already."""
        row = await _import_row(app, number)
        if row["state"] not in UNFINISHED:
            return None
        try:
            actor = await actor_of_import(app, row["owner"])
            record_type = app.model[str(row["entity"])]
            if actor.rights.scope(record_type.key, "import") is Scope.NONE:
                raise NotAllowed("You may not import these.")
            row |= await _understand(app, row, actor)
            places = _places(app, row, actor)
        except Refused as error:
            await _fail(app, number, error)
            raise
        if row["state"] == ImportState.UPLOADED:
            started: dict[Any, Any] = {
                Import.state: ImportState.RUNNING.value,
                Import.started_at: app.clock.now(),
            }
            async with app.database.transaction():
                await app.database.run(
                    Import.update(started).where(
                        (Import.id == number) & (Import.state == ImportState.UPLOADED.value)
                    )
                )
        run = cls(app, row, actor, places)
        run._tell = tell
        return run

    async def to_the_end(self) -> None:
        """Read the file and deal with the rows that were not dealt with yet."""
        app, row = self.app, self._row
        path: Path = app.access.files.store.path(str(row["sha256"]))
        now = app.clock.now()
        reading = reading_of(app, self.actor, now)
        places = [place for _, place in self._places.values()]
        books = await name_books(app, self.record_type, places, self.actor)
        columns = compile_columns(self.record_type, self._places, reading, books)
        async with SheetReaders().open(path) as file:
            sheet = next((one for one in file.sheets if one.name == row["sheet"]), None)
            sorter: RowSorter | None = None
            kinds: Mapping[RowKind, int] = {}
            async for batch in file.rows(str(row["sheet"]), batch=PORTION):
                if sorter is None:
                    # The rows of the first batch tell data from asides, as they did in the run before.
                    sorter = RowSorter(_header(row), batch)
                data = [each for kind, each in sorter.sort(batch) if kind is RowKind.DATA]
                kinds = dict(sorter.counts)
                last = batch[-1][0]
                if last > self.last_row:
                    fresh = [each for each in data if each[0] > self.last_row]
                    await self._portion(await _read(fresh, columns), kinds, last)
                if self._tell is not None:
                    self._tell(Progress(last, sheet.about if sheet else None, self.counts))
        await self._finish()

    async def _portion(self, rows: Sequence[ReadRow], kinds: Mapping[RowKind, int], last: int) -> None:
        """Deal with rows in one transaction, in which the import itself moves on."""
        app = self.app
        async with app.unit_of_work(self.actor, via="import", batch=self.batch) as work:
            await self._move_on(last)
            outcomes = []
            if rows:
                decisions = await self._decide(work, rows)
                await self._writer.write(work, decisions)
                await self._keep_rows(work, decisions)
                outcomes = [one.outcome for one in decisions]
            counts = self.counts.plus(outcomes, kinds)
            columns: dict[Any, Any] = counts.columns()
            await app.database.run(Import.update(columns).where(Import.id == self.number))
        self.counts, self.last_row = counts, last

    async def _move_on(self, last: int) -> None:
        """Take the place of this portion, so that of two processes only one deals with it."""
        moved = await self.app.database.run(
            Import.update({Import.last_row: last})
            .where(
                (Import.id == self.number)
                & (Import.last_row == self.last_row)
                & (Import.state == ImportState.RUNNING.value)
            )
            .returning(Import.id)
        )
        if not moved:
            raise Halted(HALTED)

    async def _decide(self, work: UnitOfWork, rows: Sequence[ReadRow]) -> list[Decision]:
        row = self._row
        plan = self.app.commands.plans[self.record_type.key]
        earlier = await earlier_imports(
            work,
            self.actor.rights,
            str(row["sha256"]),
            str(row["sheet"]),
            self.record_type.key,
            but=self.number,
        )
        paths = {place.path for _, place in self._places.values() if place.kind is not PlaceKind.ID}
        matcher = Matcher(plan, self.actor.rights, earlier=earlier, paths=paths)
        with_values = self._mode in (DuplicateMode.FILL, DuplicateMode.OVERWRITE)
        known = await matcher.look_up(work, rows, with_values=with_values)
        return Decider(self._mode, identifying=identifying_paths(self.record_type)).decide(rows, known)

    async def _keep_rows(self, work: UnitOfWork, decisions: Sequence[Decision]) -> None:
        ids = await work.transaction.reserve_ids("sheet_import_row", len(decisions))
        kept = [
            (
                number,
                self.number,
                one.row.number,
                one.outcome.value,
                one.client,
                issues_to_text(one.row.issues),
            )
            for number, one in zip(ids, decisions, strict=True)
        ]
        await work.transaction.insert_many("sheet_import_row", _ROW_COLUMNS, kept)

    async def _finish(self) -> None:
        """Say in the import and in the journal what came of it."""
        await _end(
            self.app, self.number, self.actor, ImportState.DONE, event="import.finished", counts=self.counts
        )


async def _read(rows: Sequence[Row], columns: Sequence[CompiledColumn]) -> list[ReadRow]:
    read: list[ReadRow] = []
    for start in range(0, len(rows), _AT_ONCE):
        read += [read_row(row, columns) for row in rows[start : start + _AT_ONCE]]
        await asyncio.sleep(0)
    return read


async def _import_row(app: ImportHost, number: int) -> dict[str, Any]:
    rows = await fetch_records(
        app.database, app.model, app.model["import"], EVERYTHING, now=app.clock.now(), ids=[number]
    )
    if not rows:
        raise NotFound("There is no such record: {id}.", id=f"import_{number}")
    return rows[0]


async def _understand(app: ImportHost, row: Mapping[str, Any], actor: Actor) -> dict[str, object]:
    """Look at the file of an import that nobody has looked at yet, and keep what was understood."""
    wishes = wishes_from_text(row["mapping"])
    if wishes is None:
        return {}
    record_type = app.model[str(row["entity"])]
    places = places_of(app.model, record_type, actor.rights)
    path = app.access.files.store.path(str(row["sha256"]))
    found = await probe_file(path, record_type, places, wishes, locale=actor.locale)
    places_by_column(found, places, record_type)
    understood: dict[Any, Any] = understanding(found)
    async with app.database.transaction():
        await app.database.run(Import.update(understood).where(Import.id == row["id"]))
    return understood


def _header(row: Mapping[str, Any]) -> Header:
    told = orjson.loads(row["mapping"])
    number = int(row["header_row"])
    names = {int(one["index"]): str(one["name"]) for one in told["columns"]}
    return Header(number, names, is_made_up=number == 0)


def _places(app: ImportHost, row: Mapping[str, Any], actor: Actor) -> dict[int, tuple[str, Place]]:
    """Return the places of the mapped columns; raises `NotAllowed` for one that may not be filled any more."""
    offered = places_of(app.model, app.model[str(row["entity"])], actor.rights)
    found: dict[int, tuple[str, Place]] = {}
    for one in orjson.loads(row["mapping"])["columns"]:
        if one["path"] is None:
            continue
        if one["path"] not in offered:
            raise NotAllowed("You may not change {field}.", field=one["path"])
        found[int(one["index"])] = (str(one["name"]), offered[one["path"]])
    return found


async def _fail(app: ImportHost, number: int, error: Refused) -> None:
    await _end(
        app, number, Actor.system("import"), ImportState.FAILED, event="import.failed", error=str(error)
    )


async def _end(
    app: ImportHost,
    number: int,
    actor: Actor,
    state: ImportState,
    *,
    event: str,
    counts: ImportCounts | None = None,
    error: str | None = None,
) -> None:
    command = replace(importing_command(app.model["import"]), event=event)
    async with app.unit_of_work(actor, via="import") as work:
        call = Call(work, command)
        record = await call.get(Import, number, rights=EVERYTHING, lock=True)
        kept = await call.values(record)
        if kept["state"] not in UNFINISHED or (counts is not None and ImportCounts.of(kept) != counts):
            raise Halted(HALTED)
        call.be_about(record)
        told: dict[str, object] = {"error": error} if error else {}
        await call.write(record, {"state": state.value, "finished_at": work.now, **told})
        if counts is not None:
            call.record(event, record, **counts.columns())
        await call.finish()
