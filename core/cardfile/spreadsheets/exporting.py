"""Records as rows of a sheet: what a person may see, under the headings by which an import knows it."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from cardfile.database.database import Database
from cardfile.errors import InvalidInput, NotAllowed
from cardfile.model.fields import Field, Kind
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.model import Model
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.query import fetch_records, iterate_records
from cardfile.rights import Actor, Scope
from cardfile.spreadsheets.writer import OutColumn
from cardfile.texts import said

__all__ = ["Export"]

Record = Mapping[str, object]

AS_TEXT: Final = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.USER, Kind.REFERENCE})
LINKED: Final = frozenset({Kind.USER, Kind.REFERENCE})


def _as_is(value: object, _field: Field, _reading: Reading) -> object:
    return value


def _scaled(value: object, field: Field, _reading: Reading) -> object:
    return Decimal(int(str(value))).scaleb(-field.scale)


def _shown(value: object, field: Field, reading: Reading) -> object:
    return KINDS[field.kind].show(value, field, reading)


CELLS: Final[Mapping[Kind, Callable[[object, Field, Reading], object]]] = {
    Kind.DECIMAL: _scaled,
    Kind.PERCENT: _scaled,
    Kind.CHOICE: _shown,
    Kind.CHOICES: _shown,
}
"""How a value becomes a cell; what is missing is a cell as it is."""


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of the sheet: a line, the currency of a money line, or a list of plain texts."""

    title: str
    kind: str
    line: Line | None = None
    link: Link | None = None
    is_currency: bool = False


class Export:
    """The records of one type as a sheet for one actor.

    Only records that he may export and fields that he may see are in it. Of another record its title is
    told, if he may read it. Raises `NotAllowed` when he may not export the type at all, `InvalidInput` for
    unknown paths.
    """

    def __init__(
        self,
        database: Database,
        model: Model,
        record_type: RecordType,
        actor: Actor,
        *,
        now: datetime,
        paths: Collection[str] | None = None,
        reading: Reading | None = None,
    ) -> None:
        if actor.rights.scope(record_type.key, "export") is Scope.NONE:
            raise NotAllowed("You may not export this: {entity}.", entity=record_type.entity.plural)
        self._database, self._model, self._type, self._actor, self._now = (
            database,
            model,
            record_type,
            actor,
            now,
        )
        self._reading = reading or Reading(today=now.date(), locale=actor.locale, zone=actor.zone)
        self._columns = tuple(self._choose(paths))

    @property
    def title(self) -> str:
        """The name of the sheet."""
        return said(self._type.entity.plural, self._reading.locale)

    @property
    def columns(self) -> Sequence[OutColumn]:
        """The columns as the writer takes them."""
        return [OutColumn(one.title, one.kind) for one in self._columns]

    async def rows(
        self, *, filter: Mapping[str, object] | None = None, search: str | None = None
    ) -> AsyncIterator[Sequence[object]]:
        """Yield a row for every record under `filter`, by rising id."""
        async for portion in iterate_records(
            self._database,
            self._model,
            self._type,
            self._actor.rights,
            now=self._now,
            action="export",
            filter=filter,
            search=search,
            reading=self._reading,
        ):
            titles = await self._titles(portion)
            lists = await self._lists(portion)
            for record in portion:
                yield [self._cell(column, record, titles, lists) for column in self._columns]

    def _choose(self, paths: Collection[str] | None) -> Iterable[_Column]:
        rights, key, locale = self._actor.rights, self._type.key, self._reading.locale
        lines = [one for one in self._type.lines.values() if one.field.transfer and one.kind is not Kind.FILE]
        links = [one for one in self._type.links.values() if one.entry is not None]
        paths_of = [*(one.path for one in lines), *(one.path for one in links)]
        known = [path for path in paths_of if rights.sees(key, path)]
        if unknown := sorted(set(paths or ()) - set(known)):
            raise InvalidInput(
                "{entity} has no field {field}; it has: {known}.",
                entity=self._type.entity.label,
                field=unknown[0],
                known=", ".join(known),
            )
        wanted = set(known if paths is None else paths)
        for line in lines:
            if line.path not in wanted:
                continue
            title = said(line.field.label, locale)
            yield _Column(title, "text" if line.kind in AS_TEXT else line.kind.value, line)
            if line.kind is Kind.MONEY:
                currency = said({"en": "currency", "ru": "валюта"}, locale)
                yield _Column(f"{title}, {currency}", "text", line, is_currency=True)
        for link in links:
            if link.path in wanted:
                yield _Column(said(link.label, locale), "text", link=link)

    async def _titles(self, portion: Sequence[Record]) -> dict[str, dict[object, str]]:
        """Return the titles of the records that those of `portion` refer to, by path and id."""
        found: dict[str, dict[object, str]] = {}
        for column in self._columns:
            line = column.line
            if line is None or line.kind not in LINKED or line.path not in self._type.links:
                continue
            target = self._model[self._type.links[line.path].target]
            title = target.entity.title
            ids = {int(str(record[line.path])) for record in portion if record[line.path] is not None}
            if not title or not ids or not self._actor.rights.sees(target.key, title):
                continue
            rows = await self._fetch(target, ids=ids, archived=True, paths=[title])
            found[line.path] = {row["id"]: str(row[title]) for row in rows if row[title] is not None}
        return found

    async def _lists(self, portion: Sequence[Record]) -> dict[str, dict[object, list[str]]]:
        """Return the plain texts that hang on the records of `portion`, by path and record."""
        found: dict[str, dict[object, list[str]]] = {}
        ids = [record["id"] for record in portion]
        for column in self._columns:
            link = column.link
            if link is None:
                continue
            target, texts = self._model[link.target], found.setdefault(link.path, {})
            conditions: list[Mapping[str, object]] = [{link.column: {"id": {"in": ids}}}]
            conditions += [{key: {"eq": value}} for key, value in link.where.items()]
            for row in await self._fetch(target, filter={"and": conditions}, order=link.order):
                texts.setdefault(row[link.column], []).append(str(row["value"]))
        return found

    async def _fetch(
        self,
        target: RecordType,
        *,
        ids: Collection[int] | None = None,
        filter: Mapping[str, object] | None = None,  # the word of the API
        order: Sequence[str] = (),
        archived: bool = False,
        paths: Collection[str] | None = None,
    ) -> list[dict[str, object]]:
        return await fetch_records(
            self._database,
            self._model,
            target,
            self._actor.rights,
            now=self._now,
            ids=ids,
            filter=filter,
            order=order,
            archived=archived,
            paths=paths,
            reading=self._reading,
        )

    def _cell(
        self,
        column: _Column,
        record: Record,
        titles: Mapping[str, Mapping[object, str]],
        lists: Mapping[str, Mapping[object, Sequence[str]]],
    ) -> object:
        if column.link is not None:
            return ", ".join(lists[column.link.path].get(record["id"], ()))
        assert column.line is not None
        line, value = column.line, record[column.line.path]
        if value is None:
            return None
        if line.kind is Kind.MONEY:
            return getattr(value, "currency" if column.is_currency else "amount")
        if line.kind in LINKED:
            return titles.get(line.path, {}).get(value)
        return CELLS.get(line.kind, _as_is)(value, line.field, self._reading)
