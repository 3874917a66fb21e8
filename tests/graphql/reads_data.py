"""A small but nasty set of data for the tests of reads: ties, nulls, quotes, strangers' rows, dead shares.

It is written with plain inserts: reads must bear whatever is in the tables.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from cardfile.app import App
from cardfile.database import CardTable, Transaction
from cardfile.database.columns import ColumnSpec, ColumnType, TableSpec
from cardfile.database.names import quoted
from cardfile.database.tables import table_spec
from cardfile.journal.tables import EventRow
from cardfile.model.fields import Kind
from cardfile.model.record_types import Card, Line
from cardfile.values.text import fold

__all__ = ["NOW", "fill"]

NOW = datetime(2026, 1, 1, 9, tzinfo=UTC)
TEXTS = (
    "Анна Ёлкина",
    "анна елкина",
    'O\'Brien "Bob" \\ back',
    "line\nbreak\ttab",
    "\x01\x1f\x7f control \u2028",
    "emoji 👩‍👩‍👧 and 🏋",
    "%_like*",
    "",
    "Ъ",
    "zebra",
    "Zebra",
    "Łódź Ünïcödé ß",
    "</script> $1 ?1 {name}",
    "null",
)
MOMENTS = (
    datetime(2025, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC),
    NOW - timedelta(hours=36),
    NOW - timedelta(days=30),
    NOW - timedelta(days=3, microseconds=1),
    datetime(2024, 2, 29, 12, 0, 0, 100000, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 1, 1, 9, tzinfo=UTC),
)
DAYS = (date(2025, 12, 2), date(2025, 12, 3), date(2024, 2, 29), date(1899, 12, 31), date(2025, 12, 31))
WHOLE = (0, 1, -1, 5, -5, 99, -100, 2_469_710, -7, 100)
FEW = (0, 1, -1, 5, 42)
COUNTS = {
    "client": 26,
    "user": 8,
    "team": 4,
    "contact_point": 60,
    "interaction": 45,
    "fitness.visit": 60,
    "fitness.membership": 24,
    "probe.sample": 60,
    "probe.box": 9,
    "crew.job": 40,
    "crew.hand": 160,
    "crew.tool": 40,
    "deal": 40,
    "deal_line": 40,
    "deal_participant": 60,
    "stage_change": 50,
    "task": 50,
    "notice": 40,
}
ORDER = (
    "user",
    "team",
    "team_member",
    "user_role",
    "file",
    "tag",
    "client",
    "probe.box",
    "crew.job",
    "crew.hand",
    "crew.tool",
    "contact_point",
    "client_standing",
    "attribution",
    "client_tag",
    "segment",
    "product",
    "price",
    "lost_reason",
    "pipeline",
    "stage",
    "goal",
    "deal",
    "deal_line",
    "deal_participant",
    "deal_goal",
    "deal_approval",
    "stage_change",
    "attachment",
    "reminder_policy",
    "task_template",
    "task",
    "notice",
    "process",
    "process_step",
    "process_run",
    "process_run_step",
    "sales_plan",
    "interaction",
    "share",
    "api_token",
    "sign_in_attempt",
    "fitness.plan",
    "fitness.membership",
    "fitness.freeze",
    "fitness.visit",
    "probe.sample",
)
BY_TYPE: Mapping[ColumnType, Sequence[object]] = {
    ColumnType.INTEGER: FEW,
    ColumnType.BIGINT: WHOLE,
    ColumnType.BOOLEAN: (True, False),
    ColumnType.DATE: DAYS,
    ColumnType.INSTANT: MOMENTS,
    ColumnType.TEXT: TEXTS,
    ColumnType.JSON: ("[]",),
}
TARGETS = {"probe.box": "probe_box", "probe.paper": "stored_file", "paper": "stored_file"}


@dataclass
class _Filler:
    """Makes rows of tables out of their columns and the fields that stand in them."""

    random: Random
    ids: dict[str, list[int]] = field(default_factory=dict)

    def row(self, spec: TableSpec, lines: Mapping[str, Line], number: int) -> dict[str, object]:
        made = {one.name: self._value(one, lines.get(one.name), number) for one in spec.columns}
        made["id"] = number
        if "version" in made:
            made["version"] = self.random.choice((1, 1, 2, 7))
        if "archived_at" in made and self.random.random() < 0.75:
            made["archived_at"] = None
        if "sort_name" in made:
            made["sort_name"] = fold(str(made["name"]))
        if "search_text" in made:
            called = made["name"] if "name" in made else made["title"]
            made["search_text"] = fold(f"{called} person{number % 4}@example.com 916000000{number % 5}")
        if "login" in made and "is_active" in made:
            made["login"] = f"user{number}@example.com"
        return made

    def rows(self, spec: TableSpec, lines: Mapping[str, Line], count: int) -> list[dict[str, object]]:
        known = self.ids.setdefault(spec.name, [])
        taken: set[object] = set()
        found = []
        first = max(known, default=0) + 1
        for number in range(first, first + count):
            row = self.row(spec, lines, number)
            claims = list(_claims(spec, row))
            if taken.isdisjoint(claims):
                taken.update(claims)
                known.append(number)
                found.append(row)
        return found

    def card(self, card: Card, table: CardTable, records: Sequence[int]) -> list[dict[str, object]]:
        lines = {line.column: line for line in card.lines}
        kept = [number for number in records if self.random.random() < 0.75]
        return [self.row(table.as_spec(), lines, number) for number in kept]

    def _value(self, spec: ColumnSpec, line: Line | None, number: int) -> object:
        r = self.random
        may_be_null = spec.null and not (line is not None and line.field.required)
        if spec.name == "id" or (may_be_null and r.random() < 0.3):
            return None
        if spec.references is not None:
            known = self.ids.get(spec.references, [])
            return r.choice(known) if known else None
        if line is not None:
            if line.kind in (Kind.USER, Kind.REFERENCE, Kind.FILE):
                known = self.ids.get(TARGETS.get(line.path, "user_account"), [])
                return r.choice(known) if known else None
            made = self._of_kind(line)
            if made is not None:
                return made
        if spec.name.endswith("_currency"):
            return r.choice(("RUB", "JPY", "KWD"))
        if spec.name.endswith("hash") or spec.name == "sha256":
            return f"secret-{number}"
        chosen = r.choice(BY_TYPE[spec.type])
        return chosen[: line.field.max_length] if line is not None and isinstance(chosen, str) else chosen

    def _of_kind(self, line: Line) -> object:
        r = self.random
        keys = [*[one.key for one in line.field.options][:4], 'gone "key"']
        match line.kind:
            case Kind.CHOICE:
                return r.choice(keys)
            case Kind.CHOICES:
                return json.dumps(r.sample(keys, r.randint(0, 3)))
            case Kind.PHONE:
                return f"+7916000000{r.randint(0, 4)}"
            case Kind.EMAIL:
                return f"person{r.randint(0, 4)}@example.com"
            case Kind.URL:
                return f"https://example.com/{r.randint(0, 3)}?q=%22"
        return None

    def shares(self, spec: TableSpec) -> list[dict[str, object]]:
        r = self.random
        found = []
        for number in range(1, 31):
            entity = r.choice(
                ("client", "client", "probe.box", "interaction", "contact_point", "crew.job", "deal", "task")
            )
            table = entity.replace(".", "_")
            row = self.row(spec, {}, number)
            to_user = r.choice(self.ids["user_account"]) if r.random() < 0.6 else None
            row |= {
                "entity": entity,
                "record": r.choice(self.ids[table]),
                "to_user": to_user,
                "to_team": None if to_user else r.choice(self.ids["team"]),
                "level": r.choice(("read", "edit")),
                "until": r.choice((None, None, NOW, NOW - timedelta(days=1), NOW + timedelta(days=1))),
            }
            found.append(row)
        return found

    def events(self, spec: TableSpec) -> list[dict[str, object]]:
        found = []
        # Beyond those that the start itself has written.
        for number in range(1_001, 1_041):
            row = self.row(spec, {}, number)
            entity = self.random.choice(("client", "attribution", "interaction"))
            row |= {
                "client": self.random.choice(self.ids["client"]),
                "actor": self.random.choice((None, 1, 2)),
                "name": f"{entity}.{self.random.choice(('created', 'updated', 'danced'))}",
                "entity": entity,
                "before": None,
                "after": None,
                "data": None,
            }
            found.append(row)
        return found


def _claims(spec: TableSpec, row: Mapping[str, object]) -> Iterator[object]:
    for index in spec.indexes:
        values = tuple(row[column.removeprefix("-")] for column in index.columns)
        if index.unique and None not in values and not (index.living and row["archived_at"] is not None):
            yield (index.columns, values)


async def fill(app: App, *, seed: int = 1) -> None:
    """Write the data into the empty, migrated database of a running app."""
    filler = _Filler(Random(seed))
    async with app.database.transaction() as transaction:
        for key in ORDER:
            kind = app.model[key]
            spec = table_spec(kind.entity.table)
            lines = {line.column: line for line in kind.lines.values() if line.card is None}
            count = COUNTS.get(key, 14)
            filler.ids[spec.name] = await _shipped(transaction, spec)
            rows = filler.shares(spec) if key == "share" else filler.rows(spec, lines, count)
            await _insert(transaction, spec, rows)
        await _insert(transaction, table_spec(EventRow), filler.events(table_spec(EventRow)))
        tables = {table.name: table for table in app.card_tables}
        for kind in app.model:
            for card in kind.cards.values():
                table = tables[card.table]
                await _insert(transaction, table.as_spec(), filler.card(card, table, filler.ids[kind.table]))


async def _shipped(transaction: Transaction, spec: TableSpec) -> list[int]:
    """Return the rows that are there from the start: those that the core ships."""
    return [int(str(number)) for (number,) in await transaction.fetch(f"select id from {quoted(spec.name)}")]


async def _insert(transaction: Transaction, spec: TableSpec, rows: Sequence[Mapping[str, object]]) -> None:
    names = [column.name for column in spec.columns]
    await transaction.insert_many(spec.name, names, [[row[name] for name in names] for row in rows])
