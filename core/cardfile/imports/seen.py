"""What a look at a file has told, as an import keeps it: its sheets, their columns, a sample of their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from cardfile.imports.probing import FileProbe, Probe
from cardfile.spreadsheets.cells import Row
from cardfile.spreadsheets.wire import pack_rows, unpack_rows

__all__ = ["SeenColumn", "SeenSheet", "probe_text", "sample_text", "samples_of", "sheets_of"]

_SAMPLE: Final = 60
"""How many rows of a sheet are kept: among them the header may be sought, and those below it be shown."""


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """A column, the place it was taken for, how sure that is (0 to 1) and why, and what stands in it.

    `proposal` is the kind of field that might be made of one that was taken for none, with the words of a choice;
    with `is_note` it is rather a part of the comment.
    """

    index: int
    name: str
    path: str | None
    confidence: float
    reason: str | None
    samples: tuple[str, ...]
    proposal: str | None = None
    choices: tuple[str, ...] = ()
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class SeenSheet:
    """A sheet: about how many rows it has, and, if it was looked into, its header and its columns."""

    name: str
    is_visible: bool
    about: int | None
    is_chosen: bool = False
    entity: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    columns: tuple[SeenColumn, ...] = ()


def probe_text(found: FileProbe) -> str:
    """Return a look at a file as an import keeps it."""
    looked = {one.sheet.name: one for one in found.probes}
    chosen = {one.sheet.name for one in found.chosen}
    sheets = [
        _seen(looked[one.name], is_chosen=one.name in chosen)
        if one.name in looked
        else SeenSheet(one.name, one.is_visible, one.about)
        for one in found.sheets
    ]
    return orjson.dumps([asdict(one) for one in sheets]).decode()


def sheets_of(text: str) -> list[SeenSheet]:
    """Return the sheets of a look that an import keeps."""
    return [
        SeenSheet(**{**told, "columns": tuple(_column(one) for one in told["columns"])})
        for told in orjson.loads(text)
    ]


def sample_text(found: FileProbe) -> str:
    """Return the first rows of the sheets that were looked into, as an import keeps them."""
    return orjson.dumps({one.sheet.name: pack_rows(one.sample[:_SAMPLE]) for one in found.probes}).decode()


def samples_of(text: str) -> Mapping[str, Sequence[Row]]:
    """Return the first rows of sheets that an import keeps, by the names of the sheets."""
    return {name: unpack_rows(told) for name, told in orjson.loads(text).items()}


def _seen(one: Probe, *, is_chosen: bool) -> SeenSheet:
    plan = one.plan()
    columns = tuple(
        SeenColumn(
            column.index,
            column.name,
            plan.paths.get(column.index),
            column.match.confidence if column.match else 0.0,
            column.match.reason.value if column.match else None,
            column.samples,
            column.proposal.kind if column.proposal else None,
            column.proposal.choices if column.proposal else (),
            column.proposal is not None and column.proposal.as_note,
        )
        for column in one.columns
    )
    return SeenSheet(
        one.sheet.name,
        one.sheet.is_visible,
        one.sheet.about,
        is_chosen,
        plan.entity,
        plan.header_row,
        plan.header_rows,
        columns,
    )


def _column(told: dict[str, Any]) -> SeenColumn:
    choices = tuple(told.get("choices", ()))
    return SeenColumn(**{**told, "samples": tuple(told["samples"]), "choices": choices})
