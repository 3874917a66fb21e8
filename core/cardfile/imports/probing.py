"""The first look at a list: which sheet, which header, which column is which field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cardfile.errors import FileRefused, InvalidInput
from cardfile.imports.columns import identifying_paths
from cardfile.imports.mapping import ColumnMatch, known_words, propose_mapping
from cardfile.imports.targets import ID_PATH, Place, read_path
from cardfile.model.record_types import RecordType
from cardfile.spreadsheets.cells import Row, SheetInfo, column_letters
from cardfile.spreadsheets.headers import Header, find_header, header_at
from cardfile.spreadsheets.reader import SheetFile
from cardfile.texts import Label
from cardfile.values.text import fold_key

__all__ = ["Probe", "Wishes", "places_by_column", "probe"]

_SAMPLE: Final = 300
_MOST_SHEETS: Final = 12


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person has chosen: the sheet, the header's row, and fields for columns by name or letter.

    A column that stands for None in `mapping` is left out.
    """

    sheet: str | None = None
    header_row: int | None = None
    mapping: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """What the first rows of a sheet tell."""

    sheet: SheetInfo
    header: Header
    columns: tuple[ColumnMatch, ...]
    sample: Sequence[Row]

    @property
    def paths(self) -> dict[int, str]:
        """The path that each mapped column goes to, by column index."""
        return {one.index: ".".join(one.match.path) for one in self.columns if one.match is not None}


async def probe(
    file: SheetFile, record_type: RecordType, places: Mapping[str, Place], wishes: Wishes, *, locale: str
) -> Probe:
    """Return what the list is; raises `InvalidInput` for a wish that cannot be met, `FileRefused` for no list."""
    targets = [place.target for place in places.values()]
    words = known_words(targets)
    if wishes.sheet is not None:
        sheet, sample = _named(file, wishes.sheet), await _sample(file, wishes.sheet)
    else:
        sheet, sample = await _likeliest(file, words)
    if not sample:
        raise FileRefused("The sheet “{sheet}” is empty.", sheet=sheet.name)
    header = _header(sample, wishes.header_row, words)
    chosen = _chosen(header, wishes.mapping or {}, places, locale)
    columns = propose_mapping(header, sample, targets, chosen=chosen)
    for one in columns:
        if one.match is None or one.match.path != (ID_PATH,) or one.index in chosen:
            continue
        if all(record_type.local_id_or_none(text) is not None for text in one.samples):
            chosen |= {index: None for index in _closed(record_type, columns, places) if index not in chosen}
        else:
            # Other programs have numbers for their records, too: only codes of ours are meant.
            chosen[one.index] = None
    return Probe(sheet, header, propose_mapping(header, sample, targets, chosen=chosen), sample)


def places_by_column(
    found: Probe, places: Mapping[str, Place], record_type: RecordType
) -> dict[int, tuple[str, Place]]:
    """Return name and place of each mapped column; raises `InvalidInput` when nobody could be told by them."""
    mapped = {index: (found.header.names[index], places[path]) for index, path in sorted(found.paths.items())}
    known = identifying_paths(record_type) | {ID_PATH}
    if not any(place.path in known for _, place in mapped.values()):
        raise InvalidInput(
            "No column of the sheet “{sheet}” is a name, a phone or an e-mail: say which one is. "
            "Its columns are: {columns}.",
            sheet=found.sheet.name,
            columns=", ".join(found.header.names.values()),
        )
    return mapped


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


async def _sample(file: SheetFile, sheet: str) -> Sequence[Row]:
    async for rows in file.rows(sheet, batch=_SAMPLE):
        return rows
    return ()


async def _likeliest(file: SheetFile, words: frozenset[str]) -> tuple[SheetInfo, Sequence[Row]]:
    """Return the visible sheet that looks most like a list, and its first rows."""
    best: tuple[tuple[float, int], SheetInfo, Sequence[Row]] | None = None
    sheets = [sheet for sheet in file.sheets if sheet.is_visible] or list(file.sheets)
    if not sheets:
        raise FileRefused("The file has no sheets.")
    for place, sheet in enumerate(sheets[:_MOST_SHEETS]):
        sample = await _sample(file, sheet.name)
        header = find_header(sample, words=words) if sample else None
        known = sum(fold_key(name) in words for name in header.names.values()) if header else 0
        # More known columns first, then more rows; of equals the first one.
        worth = (known + min(len(sample), _SAMPLE) / (_SAMPLE + 1), -place)
        if best is None or worth > best[0]:
            best = (worth, sheet, sample)
    assert best is not None, "there is at least one sheet"
    return best[1], best[2]


def _header(sample: Sequence[Row], number: int | None, words: frozenset[str]) -> Header:
    if number is None:
        return find_header(sample, words=words)
    try:
        return header_at(sample, number)
    except KeyError:
        raise InvalidInput(
            "Row {row} cannot be the header: it is blank, or too far down.", row=number
        ) from None


def _chosen(
    header: Header, mapping: Mapping[str, str | None], places: Mapping[str, Place], locale: str
) -> dict[int, tuple[str, ...] | None]:
    """Return the wishes by column index; raises `InvalidInput` for a column or a field that is not there."""
    by_name = {fold_key(name): index for index, name in header.names.items()}
    by_letter = {column_letters(index): index for index in header.names}
    chosen: dict[int, tuple[str, ...] | None] = {}
    for name, path in mapping.items():
        index = by_name.get(fold_key(name), by_letter.get(name.upper()))
        if index is None:
            raise InvalidInput(
                "The list has no column “{column}”; it has: {columns}.",
                column=name,
                columns=", ".join(header.names.values()),
            )
        chosen[index] = places[read_path(path, places, locale)].target.path if path else None
    return chosen
