"""Rows are decided about before their transaction is opened, and once more inside it where something came between."""

from collections.abc import Sequence

from cardfile.imports.deciding import Decision
from cardfile.imports.host import ImportHost
from cardfile.imports.portions import SheetWork
from cardfile.imports.read_rows import ReadRow
from cardfile.journal.seen import latest_event, was_told_of
from cardfile.journal.unit_of_work import Glance, UnitOfWork
from cardfile.rights import Actor
from cardfile.spreadsheets.cells import Row

__all__ = ["Ahead"]


class Ahead:
    """Decides about the rows of one sheet, portion by portion: `prepare`, then in the transaction `decisions`.

    Where all who write wait for each other, as on SQLite, nobody has to wait for look-ups then. After a portion for
    which it was in vain the next one is decided about in its transaction.
    """

    def __init__(self, app: ImportHost, actor: Actor, sheet: SheetWork) -> None:
        self._app = app
        self._actor = actor
        self._sheet = sheet
        self._is_worth_it = app.database.dialect.name == "sqlite"
        self._is_quiet = True
        self._data: Sequence[Row] = ()
        self._rows: Sequence[ReadRow] = ()
        self._seen: int | None = None
        self._decided: list[Decision] = []

    async def prepare(self, rows: Sequence[Row]) -> None:
        """Read the rows of the next portion, and decide about them as things are."""
        self._data, self._rows, self._seen = rows, await self._sheet.read(rows), None
        if rows and self._is_worth_it and self._is_quiet:
            self._seen = await latest_event(self._app.database)
            glance = Glance.of(self._app, self._actor, via="import")
            self._decided = await self._sheet.decide(glance, self._rows)

    async def decisions(self, work: UnitOfWork) -> list[Decision]:
        """Return what is to become of the rows that were prepared, as things are in the transaction."""
        if not self._data:
            return []
        self._is_quiet = self._seen is None or not await was_told_of(
            self._app.database, self._sheet.rests_on, after=self._seen
        )
        if self._seen is not None and self._is_quiet:
            return self._decided
        if not self._is_quiet:
            self._sheet.take_back()
            self._rows = await self._sheet.read(self._data)
        return await self._sheet.decide(work, self._rows)
