"""The first look at a list: which sheet, which header, which column is which field."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cardfile.errors import FileRefused, InvalidInput
from cardfile.imports.columns import identifying_paths
from cardfile.imports.mapping import ColumnMatch, known_words, propose_mapping
from cardfile.imports.memory import Memory
from cardfile.imports.plan import ColumnPlan, ImportPlan, SheetPlan
from cardfile.imports.result_columns import is_result_column
from cardfile.imports.targets import ID_PATH, Place, read_path
from cardfile.model.model import Model
from cardfile.model.record_types import RecordType
from cardfile.spreadsheets.cells import Row, SheetInfo, column_letters
from cardfile.spreadsheets.headers import Header, find_header, header_at
from cardfile.spreadsheets.reader import SheetFile
from cardfile.texts import Label
from cardfile.values.date_order import DateOrder, date_order
from cardfile.values.text import fold_key

__all__ = ["FileProbe", "Probe", "Wishes", "index_of_column", "look_over", "probe", "require_identities"]

_SAMPLE: Final = 300
_MOST_SHEETS: Final = 12


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person has chosen: sheets, the header's row, and fields for columns by name or letter.

    Without `sheets` the one that looks most like a list is taken. A column that stands for None in `mapping` is
    left out.
    """

    sheets: tuple[str, ...] = ()
    header_row: int | None = None
    mapping: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """What the first rows of a sheet tell, when each row of data is a record of `entity`."""

    sheet: SheetInfo
    entity: str
    header: Header
    columns: tuple[ColumnMatch, ...]
    sample: Sequence[Row]

    @property
    def paths(self) -> dict[int, str]:
        """The path that each mapped column goes to, by column index."""
        return {one.index: ".".join(one.match.path) for one in self.columns if one.match is not None}

    def plan(self) -> SheetPlan:
        """Return what is to be made of the sheet, if nobody says otherwise."""
        paths = self.paths
        columns = [
            ColumnPlan(index, name, paths.get(index), self._day_first(index))
            for index, name in sorted(self.header.names.items())
        ]
        return SheetPlan(self.sheet.name, self.header.row, self.header.rows, self.entity, tuple(columns))

    def _day_first(self, index: int) -> bool | None:
        order = date_order(cells[index] for _, cells in self.sample if index < len(cells))
        return {DateOrder.DAY_FIRST: True, DateOrder.MONTH_FIRST: False}.get(order) if order else None


@dataclass(frozen=True, slots=True)
class FileProbe:
    """What a first look at a file tells: its sheets, those that were looked into, those to be brought in."""

    sheets: tuple[SheetInfo, ...]
    probes: tuple[Probe, ...]
    chosen: tuple[Probe, ...]

    def plan(self) -> ImportPlan:
        """Return what is to be made of the file, if nobody says otherwise."""
        return ImportPlan(tuple(one.plan() for one in self.chosen))


async def look_over(
    file: SheetFile,
    record_type: RecordType,
    places: Mapping[str, Place],
    wishes: Wishes,
    memory: Memory,
    *,
    locale: str,
) -> FileProbe:
    """Return what a file holds; raises `InvalidInput` for a wish that cannot be met, `FileRefused` for no list."""
    if not file.sheets:
        raise FileRefused("The file has no sheets.")
    if wishes.sheets:
        infos = [_named(file, name) for name in dict.fromkeys(wishes.sheets)]
    else:
        infos = ([one for one in file.sheets if one.is_visible] or list(file.sheets))[:_MOST_SHEETS]
    samples = [(info, await file.first_rows(info, most=_SAMPLE)) for info in infos]
    filled = [(info, sample) for info, sample in samples if sample]
    if not filled or (wishes.sheets and len(filled) < len(samples)):
        empty = next(info for info, sample in samples if not sample)
        raise FileRefused("The sheet “{sheet}” is empty.", sheet=empty.name)

    async def understood(info: SheetInfo, sample: Sequence[Row], wishes: Wishes) -> Probe:
        # It is all thinking, which takes long: others use the event loop meanwhile.
        return await asyncio.to_thread(
            probe, info, sample, record_type, places, wishes, memory, locale=locale
        )

    probes = [await understood(info, sample, Wishes()) for info, sample in filled]
    lists = [info for info, _ in filled] if wishes.sheets else [_likeliest(probes, record_type)]
    if wishes.mapping or wishes.header_row is not None:
        probes = [
            await understood(info, sample, wishes) if info in lists else known
            for (info, sample), known in zip(filled, probes, strict=True)
        ]
    chosen = tuple(one for one in probes if one.sheet in lists)
    _require_columns(wishes.mapping or {}, [one.header for one in chosen])
    return FileProbe(file.sheets, tuple(probes), chosen)


def probe(
    sheet: SheetInfo,
    sample: Sequence[Row],
    record_type: RecordType,
    places: Mapping[str, Place],
    wishes: Wishes,
    memory: Memory,
    *,
    locale: str,
) -> Probe:
    """Return what the first rows of a sheet tell; raises `InvalidInput` for a field or a row that cannot be.

    A column that is wished for and is not there may be one of another sheet.
    """
    custom = [places[path] for path in memory.custom if path in places]
    targets = [place.target for place in (*places.values(), *custom)]
    header = _header(sheet, sample, wishes.header_row, known_words(targets))
    # What a list says of an earlier import is nothing to be brought in.
    ours: dict[int, tuple[str, ...] | None] = {
        index: None for index, name in header.names.items() if is_result_column(name)
    }
    chosen = ours | _chosen(header, wishes.mapping or {}, places, locale)
    remembered = memory.of(header)
    paths = {".".join(path) for path in (*chosen.values(), *remembered.values()) if path is not None}
    asked = paths - places.keys() - set(memory.custom)
    targets += [places[path].target for path in sorted(asked) if path in places]
    columns = propose_mapping(header, sample, targets, chosen=chosen, remembered=remembered)
    told = dict(chosen)
    for one in columns:
        if one.match is None or one.match.path != (ID_PATH,) or one.index in chosen:
            continue
        if all(record_type.local_id_or_none(text) is not None for text in one.samples):
            chosen |= {index: None for index in _closed(record_type, columns, places) if index not in chosen}
        else:
            # Other programs have numbers for their records, too: only codes of ours are meant.
            chosen[one.index] = None
    if chosen != told:
        columns = propose_mapping(header, sample, targets, chosen=chosen, remembered=remembered)
    return Probe(sheet, record_type.key, header, columns, sample)


def require_identities(model: Model, plan: ImportPlan) -> None:
    """Raise `InvalidInput` when by no column of a sheet anybody could be told."""
    for one in plan.sheets:
        known = identifying_paths(model[one.entity]) | {ID_PATH}
        if known.isdisjoint(one.paths.values()):
            raise InvalidInput(
                "No column of the sheet “{sheet}” is a name, a phone or an e-mail: say which one is. "
                "Its columns are: {columns}.",
                sheet=one.sheet,
                columns=", ".join(one.names.values()),
            )


def _closed(
    record_type: RecordType, columns: Sequence[ColumnMatch], places: Mapping[str, Place]
) -> Iterator[int]:
    """Yield the columns of an export that hold fields nobody can fill, such as computed ones.

    In a foreign list the same words may well mean a field that can be filled.
    """
    closed = {
        fold_key(name)
        for path, line in record_type.lines.items()
        if path not in places
        for name in _labels(line.field.label)
    }
    for one in columns:
        if one.match is None or fold_key(one.name) not in closed:
            continue
        place = places[".".join(one.match.path)]
        label = place.line.field.label if place.line is not None else place.label
        if fold_key(one.name) not in map(fold_key, _labels(label)):
            yield one.index


def _labels(label: Label) -> tuple[str, ...]:
    return (label,) if isinstance(label, str) else tuple(label.values())


def _named(file: SheetFile, name: str) -> SheetInfo:
    for sheet in file.sheets:
        if sheet.name == name:
            return sheet
    raise InvalidInput(
        "The file has no sheet “{sheet}”; it has: {sheets}.",
        sheet=name,
        sheets=", ".join(known.name for known in file.sheets),
    )


def _likeliest(probes: Sequence[Probe], record_type: RecordType) -> SheetInfo:
    """Return the sheet that looks most like a list of such records.

    One on which they could be told from each other goes before others, then the one of which more columns are
    known, then the longer one, then the first.
    """
    known = identifying_paths(record_type) | {ID_PATH}

    def worth(place: int) -> tuple[bool, float, int]:
        one = probes[place]
        sure = sum(column.match.confidence for column in one.columns if column.match is not None)
        rows = min(len(one.sample), _SAMPLE) / (_SAMPLE + 1)
        return not known.isdisjoint(one.paths.values()), sure + rows, -place

    return probes[max(range(len(probes)), key=worth)].sheet


def _header(sheet: SheetInfo, sample: Sequence[Row], number: int | None, words: frozenset[str]) -> Header:
    if number is None:
        return find_header(sample, words=words, merged=sheet.merged)
    if number == 0:
        filled = {index for _, cells in sample for index, cell in enumerate(cells) if cell is not None}
        return Header(0, {index: column_letters(index) for index in sorted(filled)}, is_made_up=True)
    try:
        return header_at(sample, number, merged=sheet.merged)
    except KeyError:
        raise InvalidInput(
            "Row {row} cannot be the header: it is blank, or too far down.", row=number
        ) from None


def _chosen(
    header: Header, mapping: Mapping[str, str | None], places: Mapping[str, Place], locale: str
) -> dict[int, tuple[str, ...] | None]:
    """Return the wishes by column index; raises `InvalidInput` for a field that is not there."""
    chosen: dict[int, tuple[str, ...] | None] = {}
    for name, path in mapping.items():
        index = index_of_column(header.names, name)
        if index is not None:
            there = places[read_path(path, places, locale, heading=header.names[index])] if path else None
            chosen[index] = there.target.path if there else None
    return chosen


def index_of_column(names: Mapping[int, str], name: str) -> int | None:
    """Return the index of the column that somebody means by its name or its letter, None when there is none."""
    return Header(0, dict(names)).index_of(name)


def _require_columns(mapping: Mapping[str, str | None], headers: Sequence[Header]) -> None:
    for name in mapping:
        if all(index_of_column(header.names, name) is None for header in headers):
            raise InvalidInput(
                "The list has no column “{column}”; it has: {columns}.",
                column=name,
                columns=", ".join(known for header in headers for known in header.names.values()),
            )
