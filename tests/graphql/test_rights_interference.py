"""What one may not see changes nothing in what one is told: not a row, a count, a place or a word."""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from rights_house import RightsHouse, open_rights_house, root
from rights_questions import about_the_model, everything, questions_about
from rights_rows import views_of

from cardfile.clients import Client
from cardfile.database.names import quoted
from cardfile.errors import InvalidInput
from cardfile.model.entities import Everyone, Owned, Through
from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS
from cardfile.model.record_types import Line, RecordType
from cardfile.query import fetch_records
from cardfile.query.looks import decoder
from cardfile.rights import Actor, Rights, Scope
from cardfile.values.text import fold

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("tests")


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[RightsHouse]:
    """A house that a test may turn upside down."""
    async with open_rights_house(f"sqlite:///{tmp_path / 'cardfile.db'}", tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RightsHouse]:
    folder = tmp_path_factory.mktemp("interference")
    async with open_rights_house(f"sqlite:///{folder / 'cardfile.db'}", folder) as opened:
        yield opened


async def answers(house: RightsHouse, asked: Iterable[str], rights: Rights) -> dict[str, bytes]:
    told = {text: await house.bytes_of(text, rights) for text in asked}
    refused = [(text, answer) for text, answer in told.items() if b'"errors"' in answer]
    assert refused == [], refused[0]
    return told


@pytest.mark.parametrize("scope", [Scope.NONE, Scope.OWN, Scope.TEAM], ids=["none", "own", "team"])
async def test_whatever_happens_out_of_sight_the_answers_stay_the_same(
    fresh: RightsHouse, scope: Scope
) -> None:
    rights, asked = fresh.rights(scope), everything(fresh)
    before = await answers(fresh, asked, rights)
    hidden = {
        one.key: [record for record in fresh.rows[one.key] if not fresh.sees(rights, one.key, record)]
        for one in fresh.types
        if not isinstance(one.visibility, Everyone)
        and one.key not in {"user", "share"}
        and one.table not in views_of(fresh.app)
    }
    assert sum(map(len, hidden.values())) > 50
    for key, records in hidden.items():
        await turn_over(fresh, fresh.app.model[key], records)
    assert await answers(fresh, asked, rights) == before
    await live_on(fresh, hidden)
    assert await answers(fresh, asked, rights) == before
    told = b"".join(before.values())
    assert [word for word in fresh.marks_out_of_sight(rights) if word in told] == []


async def turn_over(house: RightsHouse, one: RecordType, records: list[int]) -> None:
    """Change every value of these rows but whose they are, past all commands."""
    for line in one.lines.values():
        if changeable(one, line):
            await change(house, one, line, records)
    if one.is_archivable and not says_who_takes_part(house, one):
        async with house.app.database.transaction() as transaction:
            for record in records[::2]:
                await transaction.execute(
                    f"update {quoted(one.table)} set archived_at=null where id=$1", (record,)
                )


def says_who_takes_part(house: RightsHouse, one: RecordType) -> bool:
    """Tell whether the live rows of a type open records of another to whoever stands in them."""
    owned = ((host, host.visibility) for host in house.types if isinstance(host.visibility, Owned))
    return any(
        host.links[visibility.participants].target == one.key
        for host, visibility in owned
        if visibility.participants is not None
    )


async def live_on(house: RightsHouse, hidden: Mapping[str, list[int]]) -> None:
    """Let commands do to hidden rows what people do: change, note, tag, archive, make more."""
    for client in hidden["client"]:
        async with house.app.unit_of_work(SYSTEM) as work:
            await work.do("client.restore", record=client)
            await work.do(
                "client.update", record=client, values={"name": "Zzz", "phones": ["+7 916 5550000"]}
            )
            await work.do("client.add_note", client=client, text="a note")
            await work.do("interaction.create", values={"client": client, "kind": "call"})
            await work.do("client.change_standing", client=client, to="lost", reason="gone")
    async with house.app.unit_of_work(SYSTEM) as work:
        await work.do("client.create", values={"name": "Aaa", "owner": house.filler.people["stranger"]})
        await work.do("client.archive", record=hidden["client"][0])


def changeable(one: RecordType, line: Line) -> bool:
    """Tell whether a value can be another without the row being another's, or in another list."""
    if (
        line.path in {"archived_at", "created_by", "updated_by"}
        or line.field.computed is not None
        or line.field.past is not None
    ):
        return False
    owner = getattr(one.visibility, "owner", None) or getattr(one.visibility, "shared", None)
    reference = one.visibility.reference if isinstance(one.visibility, Through) else None
    return line.path not in {owner, reference, getattr(one.visibility, "shared", None), "kind"} and not (
        one.key == "segment" and line.path in {"filter", "entity"}
    )


async def change(
    house: RightsHouse, one: RecordType, line: Line, records: Iterable[int], *, back: int = 1
) -> None:
    """Give a line another value in each of the rows; the same with `back=-1` undoes it."""
    if line.kind in (Kind.USER, Kind.REFERENCE, Kind.FILE):
        return
    table = one.table if line.card is None else one.cards[line.card].table
    dialect = house.app.database.dialect
    async with house.app.database.transaction() as transaction:
        for record in records:
            rows = await transaction.fetch(
                f"select {quoted(line.column)} from {quoted(table)} where id=$1", (record,)
            )
            if not rows or rows[0][0] is None:
                continue
            kept, decode = rows[0][0], decoder(line.kind, dialect)
            value = other(line, decode(kept) if decode else kept, back)
            names = {line.column: value}
            if line.field.folded:
                names[line.field.folded] = fold(str(value))
            for name, given in names.items():
                type_ = str(KINDS[line.kind].column) if name == line.column else "text"
                place = dialect.param(1, type_)
                await transaction.execute(
                    f"update {quoted(table)} set {quoted(name)}={place} where id=$2", (given, record)
                )


def other(line: Line, value: object, back: int) -> object:
    if line.field.options:
        keys = [choice.key for choice in line.field.options]
        if line.kind is Kind.CHOICES:
            assert isinstance(value, tuple)
            return str([keys[(keys.index(one) + back) % len(keys)] for one in value]).replace("'", '"')
        return keys[(keys.index(str(value)) + back) % len(keys)]
    match value:
        case bool():
            return not value
        case int():
            return value + back
        case datetime() | date():
            return value + timedelta(days=back)
        case _:
            return f"x{value}" if back > 0 else str(value).removeprefix("x")


TOLD_BY_REFUSALS = ("canMoveTo", "nextSteps")
"""What a deal lacks is told to whoever tries to move it, so to whoever asks before: rules know no reader."""


async def test_what_is_hidden_of_a_record_changes_nothing_either(house: RightsHouse) -> None:
    for one in house.types:
        if one.table in views_of(house.app):
            continue  # a view, whose rows are another table's
        lines = [line for line in one.lines.values() if changeable(one, line)]
        asked = questions_about(house, one)
        for other_type in house.types:
            if other_type is not one and any(link.target == one.key for link in other_type.links.values()):
                asked += questions_about(house, other_type)
        for some in (lines[::2], lines[1::2]):
            rights = house.rights(Scope.ALL, hidden=[(one.key, line.path) for line in some])
            before = await answers(house, asked, rights)
            for line in some:
                await change(house, one, line, house.rows[one.key])
            after = await answers(house, asked, rights)
            for line in some:
                await change(house, one, line, house.rows[one.key], back=-1)
            different = [
                text
                for text in asked
                if before[text] != after[text] and not any(rule in text for rule in TOLD_BY_REFUSALS)
            ]
            assert different == [], (one.key, [line.path for line in some])


async def test_a_hidden_field_is_refused_as_one_that_does_not_exist(house: RightsHouse) -> None:
    app = house.app
    for one in house.types:
        for path in [*one.lines, *(path for path in one.links if path not in one.lines)]:
            rights = house.rights(Scope.ALL, hidden=[(one.key, path)])
            told = []
            group, _, key = path.rpartition(".")
            for name in (key, "no_such_field"):
                inner: dict[str, object] = {name: {"isNull": True}}
                wanted = {group: inner} if group else inner
                with pytest.raises(InvalidInput) as caught:
                    await fetch_records(
                        app.database, app.model, one, rights, now=app.clock.now(), filter=wanted
                    )
                told.append(
                    (str(caught.value).replace(f"field {name} to", "field ? to"), len(caught.value.path))
                )
            assert told[0] == told[1], (one.key, path)


async def test_a_hidden_field_orders_nothing_and_stands_nowhere(house: RightsHouse) -> None:
    for one in house.types:
        order = getattr(house.built.schema.type_map[f"{one.name}OrderField"], "values", {})
        for line in one.lines.values():
            rights = house.rights(Scope.ALL, hidden=[(one.key, line.path)])
            for name in [name for name, value in order.items() if value.value == line.path]:
                answer = await house.answer(
                    f"{{ {root(one)}(orderBy: [{{field: {name}}}]) {{ totalCount }} }}", rights
                )
                assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", (one.key, line.path)
            cards = f"{{ found: {root(one)}(first: 2) {{ nodes {{ cardFields {{ key }} }} }} }}"
            data = await house.data(cards, rights)
            assert line.path not in {
                card["key"] for node in data["found"]["nodes"] for card in node["cardFields"]
            }
        hidden = [(one.key, line.path) for line in one.lines.values()]
        data = await house.data(about_the_model(), house.rights(Scope.ALL, hidden=hidden))
        (told,) = [each for each in data["recordTypes"] if each["key"] == one.key]
        assert told["fields"] == []


async def test_what_may_not_be_read_is_not_spoken_of(house: RightsHouse) -> None:
    for one in house.types:
        rights = house.rights(Scope.ALL, scopes={(one.key, "read"): Scope.NONE})
        data = await house.data(about_the_model(), rights)
        assert (one.key in {each["key"] for each in data["recordTypes"]}) is (one.key in rights.shared)


async def test_a_search_looks_through_nothing_that_is_hidden(house: RightsHouse) -> None:
    async with house.app.unit_of_work(SYSTEM) as work:
        made = await work.do(
            "client.create", values={"name": "Plain", "phones": ["+79165550001"], "company": "Acme"}
        )
    assert isinstance(made, Client)
    sees = house.rights(Scope.ALL)
    blind = {
        "the list": house.rights(Scope.ALL, hidden=[("client", "phones")]),
        "the value": house.rights(Scope.ALL, hidden=[("contact_point", "value")]),
        "the contacts": house.rights(Scope.ALL, scopes={("contact_point", "read"): Scope.NONE}),
        "others' contacts": house.rights(Scope.ALL, scopes={("contact_point", "read"): Scope.OWN}),
    }
    text = "query($s: String) { clients(search: $s) { nodes { id } } }"
    found = {"clients": {"nodes": [{"id": f"client_{made.id}"}]}}
    nothing: dict[str, object] = {"clients": {"nodes": []}}
    assert await house.data(text, sees, s="9165550001") == found
    for name, rights in blind.items():
        assert await house.data(text, rights, s="9165550001") == nothing, name
        assert await house.data(text, rights, s="Plain acme") == found, name
    assert (
        await house.data(text, house.rights(Scope.ALL, hidden=[("client", "company")]), s="acme") == nothing
    )
    point = (
        "query($id: ID) { contactPoints(filter: {client: {id: {eq: $id}}}) { totalCount nodes { value } } }"
    )
    data = await house.data(point, blind["the list"], id=f"client_{made.id}")
    assert data == {"contactPoints": {"totalCount": 0, "nodes": []}}


async def test_a_cursor_of_another_reader_tells_nothing(house: RightsHouse) -> None:
    boss, reader = house.rights(Scope.ALL), house.rights(Scope.OWN)
    for one in house.types:
        data = await house.data(
            f"{{ found: {root(one)}(first: 60) {{ edges {{ cursor node {{ id }} }} }} }}", boss
        )
        mine = await house.data(f"{{ found: {root(one)}(first: 60) {{ nodes {{ id }} }} }}", reader)
        order = [edge["node"]["id"] for edge in data["found"]["edges"]]
        for edge in data["found"]["edges"]:
            text = f"query($c: String) {{ found: {root(one)}(after: $c) {{ totalCount nodes {{ id }} }} }}"
            page = await house.data(text, reader, c=edge["cursor"])
            rest = set(order[order.index(edge["node"]["id"]) + 1 :])
            assert page["found"]["totalCount"] == len(mine["found"]["nodes"])
            assert page["found"]["nodes"] == [node for node in mine["found"]["nodes"] if node["id"] in rest]


@pytest.mark.postgres
async def test_postgres_tells_nothing_either(postgres_url: str, tmp_path: Path) -> None:
    async with open_rights_house(postgres_url, tmp_path) as opened:
        await test_what_is_hidden_of_a_record_changes_nothing_either(opened)
        await test_whatever_happens_out_of_sight_the_answers_stay_the_same(opened, Scope.OWN)
