"""Running a plan: the root statement, then what the database left to later statements or to Python."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

import orjson

from cardfile.database.database import Database
from cardfile.query.binds import Moment
from cardfile.query.pieces import EACH, BatchFill, Path, Piece, Plan

__all__ = ["BatchFunction", "run_at_once", "run_plan"]

Json = object
Holder = dict[str, Json] | list[Json]
BatchFunction = Callable[[BatchFill, Sequence[list[Json]], Moment], Awaitable[Sequence[Json]]]
"""Makes the values of a Python field for many rows at once, out of the stored values of the lines it needs."""


async def run_plan(plan: Plan, database: Database, moment: Moment, batch: BatchFunction) -> bytes:
    """Return the JSON text that the plan's selection has for this request."""
    text = await database.fetch_value(plan.root.sql, [bind(moment) for bind in plan.root.binds])
    whole = str(text).encode()
    if plan.root.is_whole:
        return whole
    value = orjson.loads(whole)
    await _fill(plan.root, [value], database, moment, batch)
    return orjson.dumps(value)


def run_at_once(plan: Plan, database: Database, moment: Moment) -> bytes | None:
    """Return what `run_plan` does if one statement does it that has proved to be quick; else None."""
    root = plan.root
    if root.fills or root.batches:
        return None
    return database.text_at_once(root.sql, [bind(moment) for bind in root.binds])


async def _fill(
    piece: Piece, values: Sequence[Json], database: Database, moment: Moment, batch: BatchFunction
) -> None:
    """Fill the open places in the answers of one piece: one statement or one call for each kind of place."""
    for fill in piece.fills:
        places = [place for value in values for place in _places(value, fill.path)]
        keys = list({key for holder, step in places if isinstance(key := _get(holder, step), int)})
        found = await _lower(fill.piece, keys, database, moment, batch) if keys else {}
        empty = orjson.loads(fill.piece.empty)
        for holder, step in places:
            key = _get(holder, step)
            _put(holder, step, found.get(key, empty) if isinstance(key, int) else empty)
    for one in piece.batches:
        places = [place for value in values for place in _places(value, one.path)]
        needed = [stored for holder, step in places if isinstance(stored := _get(holder, step), list)]
        for (holder, step), made in zip(places, await batch(one, needed, moment), strict=True):
            _put(holder, step, made)


async def _lower(
    piece: Piece, keys: Sequence[int], database: Database, moment: Moment, batch: BatchFunction
) -> Mapping[int, Json]:
    here = Moment(moment.rights, moment.now, moment.variables, keys)
    rows = await database.fetch(piece.sql, [bind(here) for bind in piece.binds])
    found = {int(str(key)): orjson.loads(str(text)) for key, text in rows}
    if not piece.is_whole:
        await _fill(piece, [value for value in found.values() if value is not None], database, moment, batch)
    return found


def _places(value: Json, path: Path) -> Iterator[tuple[Holder, str | int]]:
    """Yield the holder and the key of every place that `path` leads to."""
    step, rest = path[0], path[1:]
    if step == EACH:
        if isinstance(value, list):
            for index, one in enumerate(value):
                if rest:
                    yield from _places(one, rest)
                else:
                    yield value, index
        return
    key: str | int = int(step) if isinstance(value, list) else step
    if not isinstance(value, dict | list):
        return
    if rest:
        yield from _places(_get(value, key), rest)
    else:
        yield value, key


def _get(holder: Holder, step: str | int) -> Json:
    return holder[step]  # type: ignore[index]  # a path's steps fit the shape it was made from


def _put(holder: Holder, step: str | int, value: Json) -> None:
    holder[step] = value  # type: ignore[index]  # a path's steps fit the shape it was made from
