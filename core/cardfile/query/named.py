"""Records by what they are called: the ids that a list of names means, by one statement."""

from collections.abc import Collection
from datetime import datetime

from cardfile.database.database import Database
from cardfile.model.kinds import Reading
from cardfile.model.model import Model
from cardfile.model.record_types import RecordType
from cardfile.query.binds import Moment, Statement
from cardfile.query.given import literal
from cardfile.query.row import Row
from cardfile.query.visibility import visible
from cardfile.rights import Rights
from cardfile.values.text import fold

__all__ = ["ids_by_text"]


async def ids_by_text(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    path: str,
    texts: Collection[str],
    *,
    now: datetime,
) -> dict[str, list[int]]:
    """Return the live records that this person may see and whose text at `path` is one of `texts`, by folded text.

    Nothing is found by a field that is hidden from him.
    """
    if not texts or not rights.sees(record_type.key, path):
        return {}
    statement = Statement(model, database.dialect, rights, Reading(now.date()))
    row, line = Row(statement, record_type), record_type.line(path)
    text = row.order_value(line) if line.field.folded else database.dialect.fold(row.value(line))
    wanted = literal(sorted({fold(one) for one in texts}))
    conditions = [f"{text} {statement.any_of(wanted, str, 'text', known_as='named')}"]
    if record_type.is_archivable:
        conditions.append(f"{row.alias}.archived_at is null")
    if seen := visible(statement, record_type, row.alias):
        conditions.append(seen)
    sql = f"select {row.alias}.id, {text} from {row.source()} where {' and '.join(conditions)} order by 1"
    moment = Moment(rights, now)
    found: dict[str, list[int]] = {}
    for record, told in await database.fetch(sql, [bind(moment) for bind in statement.binds]):
        found.setdefault(str(told), []).append(int(str(record)))
    return found
