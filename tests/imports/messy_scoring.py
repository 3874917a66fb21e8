"""How right an import understands a list: the real reading, probing and mapping against the known truth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from messy_columns import NOTHING, Told
from messy_lists import MessyList

from cardfile.app import App
from cardfile.clients.names import complete_name
from cardfile.errors import Refused
from cardfile.imports.columns import compile_columns, read_row
from cardfile.imports.memory import Memory
from cardfile.imports.name_book import NameBook
from cardfile.imports.parts import parts_of
from cardfile.imports.probing import Probe, Wishes, look_over, probe
from cardfile.imports.read_rows import ReadRow
from cardfile.imports.targets import places_of
from cardfile.journal.entries import Entry
from cardfile.model.kinds import Reading
from cardfile.rights import EVERYTHING
from cardfile.spreadsheets.cells import Row, SheetInfo, column_letters
from cardfile.spreadsheets.row_kinds import RowKind, RowSorter
from cardfile.values.text import clean

_PARTS = {"last": "last_name", "first": "first_name", "middle": "middle_name"}


@dataclass
class Score:
    """What was right, and in words what was not."""

    rows: int = 0
    rows_right: int = 0
    columns: int = 0
    columns_right: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def plus(self, other: "Score") -> "Score":
        """Return both together."""
        return Score(
            self.rows + other.rows,
            self.rows_right + other.rows_right,
            self.columns + other.columns,
            self.columns_right + other.columns_right,
            self.lost + other.lost,
            self.wrong + other.wrong,
        )


async def scored(app: App, path: Path, one: MessyList) -> Score:
    """Read the file of a list as an import does and compare it with the truth."""
    record_type = app.model["client"]
    places = places_of(app.model, record_type, EVERYTHING)
    score = Score()
    try:
        async with app.sheets.open(path) as file:
            (found,) = (await look_over(file, record_type, places, Wishes(), Memory(), locale="ru")).chosen
            rows = [row async for batch in file.rows(found.sheet) for row in batch]
        mapped = {index: (found.header.names[index], places[path]) for index, path in found.paths.items()}
    except Refused as error:
        score.rows = len(one.list.truth)
        score.columns = len(one.list.paths)
        score.wrong.append(f"{one.name}: refused: {error}")
        return score
    if found.sheet.name not in (one.list.name, "CSV"):
        score.rows, score.columns = len(one.list.truth), len(one.list.paths)
        score.wrong.append(f"{one.name}: the sheet {found.sheet.name!r} was taken for the list")
        return score
    _score_columns(score, one, found)
    reading = Reading(today=app.clock.now().date(), locale="ru", region=_region(one))
    books = {"user": NameBook({}, "user")}
    parts = {part.name: part for part in parts_of(app.model, record_type, EVERYTHING)}
    compiled = compile_columns(parts, mapped, reading, books, heirs={})
    sorter = RowSorter(found.header, rows[:1000])
    for kind, row in sorter.sort(rows):
        _score_row(score, one, found, kind, row, read_row(row, compiled) if kind is RowKind.DATA else None)
    missed = set(one.list.truth) - {number for number, _ in rows}
    score.rows += len(missed)
    score.wrong += [f"{one.name}: row {number} was never read" for number in sorted(missed)]
    return score


def _region(one: MessyList) -> str:
    return {"uk": "UA", "kk": "KZ"}.get(one.languages, "RU")


def _score_columns(score: Score, one: MessyList, found: Probe) -> None:
    paths: Mapping[int, str] = found.paths
    names = found.header.names
    for index, right in one.list.paths.items():
        score.columns += 1
        if paths.get(index) in right:
            score.columns_right += 1
        else:
            wanted = "/".join(sorted(str(path) for path in right))
            score.wrong.append(
                f"{one.name}: column {names.get(index, index)!r} went to {paths.get(index)}, not {wanted}"
            )
    for index in set(paths) - set(one.list.paths):
        score.columns += 1
        score.wrong.append(f"{one.name}: column {names[index]!r} is none, but went to {paths[index]}")


def _score_row(
    score: Score, one: MessyList, found: Probe, kind: RowKind, row: Row, read: ReadRow | None
) -> None:
    number, cells = row
    told = one.list.truth.get(number)
    if told is None:
        if read is not None:
            score.rows += 1
            score.wrong.append(f"{one.name}: row {number} is no client: {cells[:5]}")
        return
    score.rows += 1
    if read is None:
        score.lost.append(f"{one.name}: row {number} was taken for {kind}: {cells[:5]}")
        return
    try:
        values = dict(read.values)
        complete_name(values)
    except Refused as error:
        has_truth = any(says for _, says in told)
        if has_truth and found.paths:
            score.wrong.append(f"{one.name}: row {number} is refused: {error} {cells[:5]}")
        else:
            score.rows_right += 1
        return
    faults = list(_faults(one, found, told, values, read, cells))
    if faults:
        score.wrong.append(f"{one.name}: row {number}: {faults[0]}")
    else:
        score.rows_right += 1


def _faults(
    one: MessyList,
    found: Probe,
    told: list[tuple[int, Told]],
    values: Mapping[str, Any],
    read: ReadRow,
    cells: tuple[Any, ...],
) -> Iterator[str]:
    paths = found.paths
    wanted: dict[str, list[Any]] = {}
    name: dict[str, str] = {}
    for index, says in told:
        path, right = paths.get(index), one.list.paths[index]
        if path not in right:
            if says and None not in right:
                yield f"{found.header.names.get(index)!r} is not where it belongs"
            continue
        cell = cells[index] if index < len(cells) else None
        if path is not None and None not in right and not says and _says_something(cell, path):
            letters = column_letters(index)
            if not any(issue.address.rstrip("0123456789") == letters for issue in read.issues):
                yield f"{cell!r} was lost without a word"
        for key, value in says.items():
            if isinstance(value, dict):
                name |= value
            elif path is not None and key in (path, "phones", "emails"):
                wanted.setdefault(key, []).extend(value if isinstance(value, list) else [value])
    yield from _name_faults(name, values)
    for path, expected in wanted.items():
        if (got := _told(path, values, read)) != (meant := _meant(path, expected, got)):
            yield f"{path}: {got!r} instead of {meant!r}"


def _says_something(cell: object, path: str) -> bool:
    return cell is not None and str(cell) not in NOTHING and path != "tags"


def _told(path: str, values: Mapping[str, Any], read: ReadRow) -> Any:
    """Return what was understood, in a form that can be compared."""
    if path == "tags":
        return sorted(read.tags.get("tags", []))
    got = values.get(path)
    if path in ("phones", "emails"):
        return sorted({entry.value for entry in got or () if isinstance(entry, Entry)})
    return clean(str(got or "")) if path in ("comment", "address") else got


def _meant(path: str, expected: list[Any], got: Any) -> Any:
    """Return what should have been understood; a comment may say more."""
    if path in ("tags", "phones", "emails"):
        return sorted(set(expected))
    if path in ("comment", "address"):
        return got if all(clean(str(text)) in got for text in expected) else expected
    return expected[-1]


def _name_faults(name: Mapping[str, str], values: Mapping[str, Any]) -> Iterator[str]:
    if company := name.get("company"):
        if clean(str(values.get("name"))) != clean(company) or values.get("kind") != "company":
            yield f"firm {values.get('name')!r} ({values.get('kind')}) instead of {company!r}"
        return
    for part, path in _PARTS.items():
        if part in name and clean(str(values.get(path) or "")) != name[part]:
            yield f"{path}: {values.get(path)!r} instead of {name[part]!r}"
    if (firm := name.get("firm")) and "last" in name and clean(str(values.get("company"))) != clean(firm):
        yield f"company: {values.get('company')!r} instead of {firm!r}"


def columns_wrong(
    app: App, right: Mapping[str, str], rows: Sequence[Sequence[Any]], *, entity: str = "client"
) -> dict[str, str]:
    """Return where columns went that have another right place, by their names."""
    record_type = app.model[entity]
    sample = [
        (number, tuple(None if cell == "" else cell for cell in cells))
        for number, cells in enumerate(rows, 1)
        if any(cell not in (None, "") for cell in cells)
    ]
    places = places_of(app.model, record_type, EVERYTHING)
    found = probe(SheetInfo("list"), sample, record_type, places, Wishes(), Memory(), locale="ru")
    paths = {found.header.names[index]: path for index, path in found.paths.items()}
    return {
        name: paths.get(name, "-")
        for name, wanted in right.items()
        if paths.get(name, "-") not in wanted.split("|")
    }
