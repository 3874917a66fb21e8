"""Records as Python values, for commands, imports and exports: the same visibility, filters and orders as anywhere."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime

from cardfile.database.database import Database
from cardfile.model.kinds import Reading
from cardfile.model.model import Model
from cardfile.model.record_types import RecordType
from cardfile.query.binds import Moment
from cardfile.query.looks import AFTER, FILTER, SEARCH, Form, look_for
from cardfile.rights import Rights

__all__ = ["count_records", "fetch_records", "iterate_records", "visible_ids"]

Record = dict[str, object]
Filter = Mapping[str, object]

PORTION = 2_000


async def fetch_records(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    *,
    now: datetime,
    action: str = "read",
    ids: Collection[int] | None = None,
    filter: Filter | None = None,  # the word of the API
    search: str | None = None,
    order: Sequence[str] = (),
    limit: int | None = None,
    lock: bool = False,
    archived: bool = False,
    paths: Collection[str] | None = None,
    after: int | None = None,
    reading: Reading | None = None,
) -> list[Record]:
    """Return the records that this person may do `action` to, each a dict from line paths (and `id`) to stored values.

    `ids` are taken as they are; `filter` and `order` are the filter language's; archived records are left out
    unless `archived` or the filter speaks of them. `lock` keeps the rows for this transaction. `paths` limits
    what is read; `after` leaves out ids up to that one. Hidden fields are not told apart here: commands see
    them, answers do not show them.
    """
    if type(paths) is not frozenset and paths is not None:
        paths = frozenset(paths)
    variables = _variables(filter, search, after)
    form = Form(
        "records", record_type.key, database.dialect.name, rights.shape, reading or Reading(now.date()), action,
        ids is not None, tuple(variables), archived, tuple(order), limit, lock, paths,
    )  # fmt: skip
    moment = Moment(rights, now, variables, list(ids or ()))
    look, arguments = look_for(model, database.dialect, rights, form, moment)
    return look.records(await database.fetch(look.sql, arguments))


def _variables(filter: Filter | None, search: str | None, after: int | None = None) -> dict[str, object]:
    given = ((FILTER, filter), (SEARCH, search or None), (AFTER, after))
    return {name: value for name, value in given if value is not None}


async def count_records(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    *,
    now: datetime,
    action: str = "read",
    filter: Filter | None = None,  # the word of the API
    search: str | None = None,
    archived: bool = False,
    reading: Reading | None = None,
) -> int:
    """Return how many records there are for this person under `filter`."""
    variables = _variables(filter, search)
    form = Form(
        "count", record_type.key, database.dialect.name, rights.shape, reading or Reading(now.date()), action,
        False, tuple(variables), archived,
    )  # fmt: skip
    look, arguments = look_for(model, database.dialect, rights, form, Moment(rights, now, variables))
    return int(str(await database.fetch_value(look.sql, arguments) or 0))


async def visible_ids(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    ids: Collection[int],
    *,
    now: datetime,
    action: str = "read",
) -> set[int]:
    """Return those of `ids` to which this person may do `action`."""
    if not ids:
        return set()
    form = Form(
        "ids",
        record_type.key,
        database.dialect.name,
        rights.shape,
        Reading(now.date()),
        action,
        True,
        (),
        True,
    )
    look, arguments = look_for(model, database.dialect, rights, form, Moment(rights, now, keys=list(ids)))
    return {int(str(row[0])) for row in await database.fetch(look.sql, arguments)}


async def iterate_records(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    *,
    now: datetime,
    action: str = "read",
    filter: Filter | None = None,  # the word of the API
    search: str | None = None,
    paths: Collection[str] | None = None,
    reading: Reading | None = None,
    at_once: int = PORTION,
) -> AsyncIterator[list[Record]]:
    """Yield all live records under `filter` in portions of `at_once` by rising id: memory stays flat."""
    after = 0
    while True:
        portion = await fetch_records(
            database, model, record_type, rights,
            now=now, action=action, filter=filter, search=search, order=("id",), limit=at_once,
            paths=paths, reading=reading, after=after,
        )  # fmt: skip
        if not portion:
            return
        yield portion
        after = int(str(portion[-1]["id"]))
