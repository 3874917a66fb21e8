"""Rows of every entity for everybody who may stand around a record, made from nothing but the declarations.

Each text says whose it is: `mark(key, id)` stands in every text of a row, so that a whole answer can be searched
for what its reader must not see.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from cardfile.app import App
from cardfile.database import CreateView, Transaction
from cardfile.database.columns import ColumnSpec, ColumnType, TableSpec
from cardfile.database.tables import table_spec
from cardfile.journal.tables import EventRow
from cardfile.model.entities import Everyone, Owned, Personal, Through
from cardfile.model.fields import Kind
from cardfile.model.record_types import Line, RecordType
from cardfile.values.text import fold

__all__ = ["BESIDES", "HOLDERS", "NOW", "PARTS", "PHONE", "Filler", "mark", "views_of"]

NOW = datetime(2026, 1, 1, 9, tzinfo=UTC)
PHONE = "+79990001122"
"""A number that all clients have, so that each is a duplicate of all the others."""

PEOPLE = ("reader", "mate", "absent", "gone", "stranger", "boss")
HOLDERS: Mapping[str, str | None] = {
    "own": "reader",
    "own, archived": "reader",
    "mate's": "mate",
    "stood in for": "absent",
    "stood in for until yesterday": "gone",
    "stranger's": "stranger",
    "lent to read": "stranger",
    "lent to change": "stranger",
    "lent to the team to change": "stranger",
    "lent until yesterday": "stranger",
    "no longer lent": "stranger",
    "lent to another": "stranger",
    "nobody's": None,
}
"""Whose the owned rows are, by what they are to the reader."""

SHARES: Mapping[str, Mapping[str, object]] = {
    "lent to read": {"to_user": "reader", "level": "read", "until": NOW + timedelta(days=1)},
    "lent to change": {"to_user": "reader", "level": "edit"},
    "lent to the team to change": {"to_team": 1, "level": "edit"},
    "lent until yesterday": {"to_user": "reader", "level": "edit", "until": NOW - timedelta(days=1)},
    "no longer lent": {"to_user": "reader", "level": "edit", "archived_at": NOW - timedelta(days=1)},
    "lent to another": {"to_user": "mate", "level": "edit"},
}
BESIDES: Mapping[str, tuple[str, str]] = {
    "own": ("own", "reader"),
    "mate's": ("mate's", "mate"),
    "stood in for": ("stood in for", "absent"),
    "stood in for until yesterday": ("stood in for until yesterday", "gone"),
    "lent to change": ("lent to change", "stranger"),
}
"""Who owns a stranger's rows in another way: as whose record it refers to, and as whom its own field names."""

PARTS: Mapping[str, str] = {
    "takes part": "reader",
    "mate takes part": "mate",
    "stood in for takes part": "absent",
    "stood in for until yesterday takes part": "gone",
    "takes part no more": "reader",
    "only watches": "reader",
}
"""Who stands in the participants of a stranger's rows."""

OWN_WORDS: Mapping[str, Mapping[str, object]] = {
    "segment": {"entity": "client", "filter": "{}"},
    "import": {"entity": "client", "known_by": None},
    "import_row": {"issues": None, "parts": None},
    "goal": {"postpone_by": None},
    "stage_rule": {"condition": "{}"},
    "task_template": {"due": "1h"},
    "reminder_policy": {"before": None, "every": None, "head_after": None},
    "task": {"repeat": None},
    "process": {"begins": None},
    "process_run_step": {"state": "done"},
    "process_step": {"condition": "{}", "until": "{}", "after": None, "due": None},
}
"""What stands in columns that only their own commands read."""

BY_HAND = ("user", "team", "team_member", "share")


def mark(key: str, record: int) -> str:
    """Return the word that stands in all texts of a row."""
    return f"zq{key.replace('.', '').replace('_', '')}q{record}qz"


def views_of(app: App) -> set[str]:
    """Return the names of the views, whose rows are other tables'."""
    steps = (step for each in app.migrations.values() for migration in each for step in migration.steps)
    return {step.name for step in steps if isinstance(step, CreateView)}


@dataclass
class Filler:
    """Writes the rows, entity by entity, those that others refer to first."""

    app: App
    people: dict[str, int] = field(default_factory=dict)
    ids: dict[str, list[int]] = field(default_factory=dict)
    held: dict[tuple[str, str], int] = field(default_factory=dict)

    async def fill(self) -> None:
        """Write everything into the empty database of the app."""
        async with self.app.database.transaction() as transaction:
            await self._people(transaction)
            for record_type in self._ordered():
                await self._entity(transaction, record_type)
            await self._shares(transaction)
            await self._contacts(transaction)
            await self._events(transaction)

    def _ordered(self) -> list[RecordType]:
        """Return the types that have rows of their own, each after those that it cannot do without."""
        views = views_of(self.app)
        waiting = [one for one in self.app.model if one.table not in views and one.key not in BY_HAND]
        done: list[RecordType] = []
        while waiting:
            ready = [
                one
                for one in waiting
                if not any(
                    link.target in {each.key for each in waiting} and link.target != one.key
                    for link in one.links.values()
                    if link.column == "id" and link.card is None
                )
            ]
            assert ready, [one.key for one in waiting]
            done += ready
            waiting = [one for one in waiting if one not in ready]
        return done

    async def _people(self, transaction: Transaction) -> None:
        ids = await transaction.reserve_ids("user_account", len(PEOPLE))
        self.people = dict(zip(PEOPLE, ids, strict=True))
        self.ids["user"] = list(ids)
        ends = {"absent": NOW + timedelta(days=5), "gone": NOW - timedelta(days=1)}
        rows = []
        for name, number in self.people.items():
            given = {
                "id": number,
                "name": f"{name} {mark('user', number)}",
                "login": f"{mark('user', number)}@example.com",
                "search_text": f"{name} {mark('user', number)}@example.com",
                "is_active": True,
            }
            if name in ends:
                given |= {"stand_in": self.people["reader"], "stand_in_until": ends[name]}
            rows.append(given)
        await self._insert(transaction, table_spec(self.app.model["user"].entity.table), rows)
        (team,) = await transaction.reserve_ids("team", 1)
        self.ids["team"] = [team]
        await self._insert(
            transaction,
            table_spec(self.app.model["team"].entity.table),
            [{"id": team, "name": mark("team", team)}],
        )
        members = await transaction.reserve_ids("team_member", 3)
        rows = [
            {"id": members[0], "team": team, "member": self.people["reader"]},
            {"id": members[1], "team": team, "member": self.people["mate"], "since": NOW - timedelta(days=9)},
            {"id": members[2], "team": team, "member": self.people["boss"], "until": NOW - timedelta(days=1)},
        ]
        self.ids["team_member"] = list(members)
        await self._insert(transaction, table_spec(self.app.model["team_member"].entity.table), rows)

    async def _entity(self, transaction: Transaction, record_type: RecordType) -> None:
        places = self._places(record_type)
        spec = table_spec(record_type.entity.table)
        lines = {line.column: line for line in record_type.lines.values() if line.card is None}
        ids = await transaction.reserve_ids(spec.name, len(places))
        made = [
            {**self._row(record_type.key, spec, lines, record, number), **place}
            for number, (record, place) in enumerate(zip(ids, places, strict=True))
        ]
        rows = list(_apart(spec, made))
        assert len(rows) == len(made) or not isinstance(record_type.visibility, Owned), record_type.key
        ids = [int(str(row["id"])) for row in rows]
        if isinstance(owned := record_type.visibility, Owned):
            held = [*zip(HOLDERS, ids, strict=False)]
            held += zip(PARTS, ids[-len(PARTS) :], strict=True) if owned.participants else ()
            self.held.update({(record_type.key, place): record for place, record in held})
        self.ids[record_type.key] = ids
        await self._insert(transaction, spec, rows)
        tables = {table.name: table.as_spec() for table in self.app.card_tables}
        for card in record_type.cards.values():
            lines = {line.column: line for line in card.lines}
            table = tables[card.table]
            cards = [self._row(record_type.key, table, lines, one, number) for number, one in enumerate(ids)]
            await self._insert(transaction, table, cards)

    def _places(self, record_type: RecordType) -> list[dict[str, object]]:
        """Return what tells the rows of a type apart: whose they are, or what they hang on."""
        match record_type.visibility:
            case Through(reference):
                link = record_type.links[reference]
                hanging: list[dict[str, object]] = [{link.source: one} for one in self.ids[link.target]]
                return self._with_participants(record_type, hanging)
            case Everyone():
                return [{}, {}, {"archived_at": NOW}]
            case Owned() as owned:
                return self._owned_places(record_type, owned)
            case Personal(owner, shared):
                rows: list[dict[str, object]] = [{owner: one} for one in self.people.values()]
                if shared is not None:
                    rows = [{**row, shared: False} for row in rows]
                    rows.append({owner: self.people["stranger"], shared: True})
                return rows

    def _owned_places(self, record_type: RecordType, owned: Owned) -> list[dict[str, object]]:
        """Return a row for each who may stand around it by one way, and a stranger by all the others."""
        strange = dict(self._also(record_type, path, "stranger's", "stranger") for path in owned.also)
        rows: list[dict[str, object]] = [
            {
                **strange,
                owned.owner: self.people[whose] if whose else None,
                "archived_at": NOW if "archived" in place else None,
            }
            for place, whose in HOLDERS.items()
        ]
        strange[owned.owner] = self.people["stranger"]
        for path in owned.also:
            rows += [
                strange | dict([self._also(record_type, path, *besides)]) for besides in BESIDES.values()
            ]
        return rows + [strange for _ in PARTS if owned.participants]

    def _also(self, record_type: RecordType, path: str, place: str, whose: str) -> tuple[str, object]:
        """Return the column that leads to another owner of a row, and its value."""
        reference, _, owner = path.partition(".")
        if not owner:
            return path, self.people[whose]
        link = record_type.links[reference]
        return link.source, self.held[link.target, place]

    def _with_participants(
        self, record_type: RecordType, rows: list[dict[str, object]]
    ) -> list[dict[str, object]]:
        """Let strangers stand in the rows of a list of participants, and in rows of their own whoever takes part."""
        for host in self.app.model.types.values():
            owned = host.visibility
            if not isinstance(owned, Owned) or owned.participants is None:
                continue
            link = host.links[owned.participants]
            if link.target == record_type.key:
                rows = [{**row, "user": self.people["stranger"]} for row in rows]
                for place, whose in PARTS.items():
                    row: dict[str, object] = {link.column: self.held[host.key, place], **link.where}
                    row["user"] = self.people[whose]
                    if place == "takes part no more":
                        row["archived_at"] = NOW - timedelta(days=1)
                    if place == "only watches":
                        row |= {
                            column: self._another(record_type, column, value)
                            for column, value in link.where.items()
                        }
                    rows.append(row)
        return rows

    @staticmethod
    def _another(record_type: RecordType, column: str, value: object) -> str:
        options = record_type.lines[column].field.options
        return next(choice.key for choice in options if choice.key != value)

    def _row(
        self, key: str, spec: TableSpec, lines: Mapping[str, Line], record: int, number: int
    ) -> dict[str, object]:
        row = {one.name: self._value(key, one, lines, record, number) for one in spec.columns}
        row["id"] = record
        if "name" in row and "sort_name" in row:
            row["sort_name"] = fold(str(row["name"]))
        if "search_text" in row:
            row["search_text"] = fold(f"{row.get('name')} {mark(key, record)}")
        return {**row, **OWN_WORDS.get(key, {})}

    def _value(
        self, key: str, spec: ColumnSpec, lines: Mapping[str, Line], record: int, number: int
    ) -> object:
        line = lines.get(spec.name)
        if spec.name in {"archived_at", "created_by", "updated_by"}:
            return None
        if line is None and spec.references is None and spec.null and not spec.name.endswith("_currency"):
            return None  # what no field shows is a command's own, in a form of its own
        if spec.references is not None or (line is not None and line.kind in (Kind.USER, Kind.REFERENCE)):
            return self._reference(spec, line, number)
        if line is not None and line.field.options:
            chosen = line.field.options[number % len(line.field.options)].key
            return f'["{chosen}"]' if line.kind is Kind.CHOICES else chosen
        if spec.name.endswith("_currency"):
            return "RUB"
        values: Mapping[ColumnType, object] = {
            ColumnType.INTEGER: number + 1,
            ColumnType.BIGINT: number + 1,
            ColumnType.ID: None,
            ColumnType.BOOLEAN: number % 2 == 0,
            ColumnType.DATE: date(2026, 1 + number % 12, 1 + record % 28),
            ColumnType.INSTANT: NOW - timedelta(hours=record),
            ColumnType.TEXT: self._text(spec, line, mark(key, record)),
            ColumnType.JSON: "[]",
        }
        return values[spec.type]

    @staticmethod
    def _text(spec: ColumnSpec, line: Line | None, word: str) -> str:
        long, most = f"{spec.name} {word}", line.field.max_length if line is not None else None
        return long if most is None or len(long) <= most else word

    def _reference(self, spec: ColumnSpec, line: Line | None, number: int) -> int | None:
        """Return another record in turn, so that everybody's rows refer to everybody else's."""
        target = next(
            (
                one.key
                for one in self.app.model.types.values()
                if spec.references in (one.table,)
                or (line is not None and line.kind is Kind.USER and one.key == "user")
            ),
            None,
        )
        known = self.ids.get(target or "", [])
        # By the column's name too, so that what refers to two records does not always refer to a pair of them.
        return known[(number + 3 + len(spec.name)) % len(known)] if known else None

    async def _shares(self, transaction: Transaction) -> None:
        """Lend the rows that are to be lent."""
        rows: list[dict[str, object]] = []
        for (key, place), record in self.held.items():
            if (given := SHARES.get(place)) is not None:
                row = {**given, "entity": key, "record": record, "author": self.people["stranger"]}
                if isinstance(to := row.get("to_user"), str):
                    row["to_user"] = self.people[to]
                rows.append(row)
        # Whose the share is differs too, so that shares themselves are of everybody.
        for row, author in zip(rows, [*self.people.values()], strict=False):
            row["author"] = author
        ids = await transaction.reserve_ids("share", len(rows))
        self.ids["share"] = list(ids)
        for record, row in zip(ids, rows, strict=True):
            row["id"] = record
        await self._insert(transaction, table_spec(self.app.model["share"].entity.table), rows)

    async def _contacts(self, transaction: Transaction) -> None:
        ids = await transaction.reserve_ids("contact_point", len(self.ids["client"]))
        rows = [
            {"id": record, "client": client, "kind": "phone", "value": PHONE}
            for record, client in zip(ids, self.ids["client"], strict=True)
        ]
        self.ids["contact_point"] += ids
        await self._insert(transaction, table_spec(self.app.model["contact_point"].entity.table), rows)

    async def _events(self, transaction: Transaction) -> None:
        ids = await transaction.reserve_ids("event", len(self.ids["client"]))
        rows = [
            {
                "id": event,
                "at": NOW - timedelta(minutes=event),
                "actor": self.people["boss"],
                "actor_name": "boss",
                "via": "api",
                "batch": event,
                "name": f"client.{mark('client', client)}",
                "entity": "client",
                "record": client,
                "client": client,
            }
            for event, client in zip(ids, self.ids["client"], strict=True)
        ]
        await self._insert(transaction, table_spec(EventRow), rows)

    @staticmethod
    async def _insert(
        transaction: Transaction, spec: TableSpec, rows: Sequence[Mapping[str, object]]
    ) -> None:
        stamps: Mapping[str, object] = {"created_at": NOW, "updated_at": NOW, "version": 1}
        usual = {column.name: stamps.get(column.name, column.default) for column in spec.columns}
        names = list(usual)
        await transaction.insert_many(
            spec.name, names, [[{**usual, **row}[name] for name in names] for row in rows]
        )


def _apart(spec: TableSpec, rows: Sequence[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Yield the rows that may stand beside one another in the table's unique indexes."""
    taken: set[object] = set()
    for row in rows:
        claims = {
            (index.columns, *(row[column.removeprefix("-")] for column in index.columns))
            for index in spec.indexes
            if index.unique and not (index.living and row["archived_at"] is not None)
        }
        claims = {claim for claim in claims if None not in claim}
        if taken.isdisjoint(claims):
            taken |= claims
            yield row
