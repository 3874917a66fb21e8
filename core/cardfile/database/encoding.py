"""Values on their way into the databases and back."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache, partial

import orjson

from cardfile.database.columns import ColumnType
from cardfile.errors import DatabaseError

__all__ = [
    "SQLITE_DECODERS",
    "Plain",
    "check_args",
    "checked_columns",
    "checked_rows",
    "encode_args",
    "encoded_columns",
    "encoded_rows",
    "instant_text",
]

Plain = str | int | bytes | None
"""What SQLite itself can keep, as far as we let it: floats are not exact, so none goes in."""

_AS_IT_IS = frozenset({int, str, bytes, type(None)})
_PLAIN_ITEMS = frozenset({int, str, type(None)})
_FOR_POSTGRES = frozenset({*_AS_IT_IS, bool, date})


@lru_cache(maxsize=1024)  # a bulk write has the same few moments in all its rows
def instant_text(moment: datetime) -> str:
    """Return `moment` as `YYYY-MM-DDTHH:MM:SS.ffffffZ`: always 27 characters, ordered as time is."""
    if moment.tzinfo is None:
        raise DatabaseError(
            f"a moment without a time zone came to the database: {moment!r}; make it aware, in UTC"
        )
    there = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return there.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _refuse(value: object) -> DatabaseError:
    remedy = {
        "Decimal": "a scaled integer (kopecks, hundredths)",
        "float": "a scaled integer (kopecks, hundredths)",
        "dict": "its JSON text",
        "set": "a list",
    }.get(type(value).__name__, "int, str, bool, bytes, date, an aware datetime, a list or None")
    kind = type(value).__name__
    return DatabaseError(f"the database does not take a {kind} ({value!r:.80}); give it {remedy}")


def _encode(value: object) -> Plain:
    match value:
        case bool() | int():
            return int(value)
        case str():
            return str(value)
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case list() | tuple():
            return _encode_list(
                value if _PLAIN_ITEMS.issuperset(map(type, value)) else [_encode_item(item) for item in value]
            )
        case bytes() | bytearray() | memoryview():
            return bytes(value)
        case _:
            raise _refuse(value)


def _encode_list(items: Sequence[object]) -> str:
    try:
        return orjson.dumps(items).decode()
    except (
        TypeError
    ):  # a number of more than 64 bits, or half a character: the database says what it thinks of them
        return json.dumps(items, ensure_ascii=False)


def _encode_item(item: object) -> Plain:
    if isinstance(item, bytes | bytearray | memoryview):
        raise _refuse(item)
    return item if type(item) in (int, str, type(None)) else _encode(item)  # type: ignore[return-value]  # checked


def encode_args(args: Sequence[object]) -> Sequence[Plain]:
    """Return the arguments of one statement as SQLite keeps them."""
    return [
        value if type(value) in _AS_IT_IS  # type: ignore[misc]  # checked
        else instant_text(value) if type(value) is datetime
        else _encode(value)
        for value in args
    ]  # fmt: skip


def encoded_rows(
    rows: Iterable[Sequence[object]], types: Sequence[ColumnType] | None
) -> Iterator[Sequence[Plain]]:
    """Yield rows as SQLite keeps them; where `types` says JSON, Python values become their text."""
    return map(encode_args, _with_json(rows, types))


def encoded_columns(columns: Iterable[Sequence[object]]) -> Iterator[Sequence[Plain]]:
    """Yield the columns of many rows as SQLite keeps them."""
    for column in columns:
        yield column if _AS_IT_IS.issuperset(map(type, column)) else encode_args(column)  # type: ignore[misc]  # checked


def _check(value: object) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            instant_text(value)
        return value
    if isinstance(value, list | tuple):
        for item in value:
            if type(item) not in _FOR_POSTGRES:
                _check(item)
        return value
    if isinstance(value, bool | int | date | bytes | bytearray | memoryview):
        return value
    if isinstance(value, str):
        return str(value)
    raise _refuse(value)


def check_args(args: Sequence[object]) -> Sequence[object]:
    """Return the arguments for PostgreSQL, refusing the same ones that SQLite refuses."""
    return [value if type(value) in _FOR_POSTGRES else _check(value) for value in args]


def checked_columns(columns: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    """Yield the columns of many rows for PostgreSQL."""
    for column in columns:
        yield column if _FOR_POSTGRES.issuperset(map(type, column)) else check_args(column)


def checked_rows(
    rows: Iterable[Sequence[object]], types: Sequence[ColumnType] | None
) -> Iterator[Sequence[object]]:
    """Yield rows for PostgreSQL; where `types` says JSON, Python values become their text."""
    return map(check_args, _with_json(rows, types))


def _with_json(
    rows: Iterable[Sequence[object]], types: Sequence[ColumnType] | None
) -> Iterable[Sequence[object]]:
    places = [place for place, kind in enumerate(types or ()) if kind is ColumnType.JSON]
    return map(partial(_json_in_place, places), rows) if places else rows


def _json_in_place(places: Sequence[int], row: Sequence[object]) -> Sequence[object]:
    changed = list(row)
    for place in places:
        if not isinstance(changed[place], str | None):
            changed[place] = json.dumps(changed[place], ensure_ascii=False)
    return changed


SQLITE_DECODERS: dict[ColumnType, Callable[[str | int], object]] = {
    ColumnType.BOOLEAN: bool,
    ColumnType.DATE: lambda stored: date.fromisoformat(str(stored)),
    ColumnType.INSTANT: lambda stored: datetime.fromisoformat(str(stored)),
}
"""How a stored value becomes the Python value, for the types where SQLite keeps something else."""
