"""Who sees which rows: every entity, every scope, every way to a row, against a model of rights in Python."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from rights_house import RightsHouse, inside, open_rights_house, portions, root
from rights_rows import HOLDERS, mark

from cardfile.clients.duplicates import Duplicates
from cardfile.clients.segmenting import SegmentMembers
from cardfile.errors import NotAllowed
from cardfile.exports import export_records
from cardfile.model.names import camel
from cardfile.model.record_types import Link, RecordType
from cardfile.query import fetch_records, visible_ids
from cardfile.rights import Rights, Scope

pytestmark = pytest.mark.anyio

SCOPES = [pytest.param(scope, id=scope.name.lower()) for scope in Scope]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rights")


@pytest.fixture(scope="module")
async def house(folder: Path) -> AsyncIterator[RightsHouse]:
    async with open_rights_house(f"sqlite:///{folder / 'cardfile.db'}", folder) as opened:
        yield opened


FEW = ("team", "work_calendar_team")
TOO_DEEP = "nested too deeply"


def links(one: RecordType, house: RightsHouse) -> Iterator[Link]:
    return (link for link in one.links.values() if link.target in house.app.model)


def is_closed(house: RightsHouse, rights: Rights, link: Link) -> bool:
    return rights.scope(link.target, "read") is Scope.NONE and link.target not in rights.shared


async def test_the_rows_are_of_everybody(house: RightsHouse) -> None:
    counts = {one.key: len(house.rows[one.key]) for one in house.types}
    assert {key: count for key, count in counts.items() if count < 2 and key not in FEW} == {}
    own, team = (
        len(house.seen(house.rights(scope), "client", live=False)) for scope in (Scope.OWN, Scope.TEAM)
    )
    assert (own, team, len(house.rows["client"])) == (6, 7, len(HOLDERS))
    assert house.base.own == (house.filler.people["reader"], house.filler.people["absent"])


@pytest.mark.parametrize("scope", SCOPES)
async def test_lists_and_their_counts_show_what_is_in_reach(house: RightsHouse, scope: Scope) -> None:
    rights = house.rights(scope)
    for some in portions(house.types, 6):
        told = [f"{root(one)}(first: 200) {{ totalCount nodes {{ id }} }}" for one in some]
        data = await house.data(f"{{ {' '.join(told)} }}", rights)
        for one in some:
            wanted = sorted(house.named(one.key, house.seen(rights, one.key)))
            assert sorted(node["id"] for node in data[root(one)]["nodes"]) == wanted, one.key
            assert data[root(one)]["totalCount"] == len(wanted), one.key


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_record_is_found_by_its_id_when_it_is_in_reach(house: RightsHouse, scope: Scope) -> None:
    rights = house.rights(scope)
    every = [(one.key, record) for one in house.types for record in [*house.rows[one.key], 999_999]]
    for some in portions(every, 60):
        ids = [house.app.model[key].global_id(record) for key, record in some]
        data = await house.data("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", rights, ids=ids)
        wanted = [
            {"id": id_} if house.sees(rights, key, record) else None
            for (key, record), id_ in zip(some, ids, strict=True)
        ]
        assert data["nodes"] == wanted


@pytest.mark.parametrize("scope", SCOPES)
async def test_what_hangs_on_a_record_is_shown_as_far_as_it_is_in_reach(
    house: RightsHouse, scope: Scope
) -> None:
    for rights in (house.rights(scope), narrowed(house, scope)):
        for one in house.types:
            for some in portions(list(links(one, house)), 4):
                told = [
                    f"a{number}: {inside_output(link, house)}"
                    for number, link in enumerate(some)
                    if link.group is None
                ]
                told += [
                    f"{camel(link.group)} {{ a{number}: {inside_output(link, house)} }}"
                    for number, link in enumerate(some)
                    if link.group is not None
                ]
                data = await house.data(
                    f"{{ found: {root(one)}(first: 40) {{ nodes {{ id {' '.join(told)} }} }} }}", rights
                )
                for node in data["found"]["nodes"]:
                    record = one.local_id(node["id"])
                    for number, link in enumerate(some):
                        holder = node if link.group is None else node[camel(link.group)]
                        assert ids_of(holder[f"a{number}"]) == wanted_of(house, rights, one, link, record), (
                            one.key,
                            link.path,
                            node["id"],
                        )


def inside_output(link: Link, house: RightsHouse) -> str:
    if link.is_many and not link.plain:
        return f"{camel(link.key)}(first: 40) {{ totalCount nodes {{ id }} }}"
    return f"{camel(link.key)} {{ id }}"


def ids_of(found: object) -> list[str]:
    if isinstance(found, dict) and "nodes" in found:
        assert found["totalCount"] == len(found["nodes"])
        return sorted(node["id"] for node in found["nodes"])
    if isinstance(found, list):
        return sorted(node["id"] for node in found)
    return [found["id"]] if isinstance(found, dict) else []


def wanted_of(house: RightsHouse, rights: Rights, one: RecordType, link: Link, record: int) -> list[str]:
    if link.column != "id":
        many = house.linked(rights, one, link, record)
        for path in reversed(link.order if link.one else ()):
            rows, column = house.rows[link.target], path.removeprefix("-")
            many.sort(
                key=lambda other: (rows[other][column] is not None, rows[other][column] or 0),
                reverse=path.startswith("-"),
            )
        return sorted(house.named(link.target, many[:1] if link.one else many))
    key = house.rows[one.key][record].get(link.path if link.card else link.source)
    return house.named(link.target, [int(str(key))]) if house.sees(rights, link.target, key) else []


def narrowed(house: RightsHouse, scope: Scope) -> Rights:
    """Return rights with the scope on what others hang on, and on every other entity one's own only."""
    hosts = {link.target for one in house.types for link in one.links.values() if link.column == "id"}
    scopes = {(one.key, "read"): Scope.OWN if one.key in hosts else scope for one in house.types}
    return house.rights(scope, scopes=scopes)


@pytest.mark.parametrize("scope", SCOPES)
async def test_filters_through_relations_find_by_what_is_in_reach(house: RightsHouse, scope: Scope) -> None:
    for rights in (house.rights(scope), narrowed(house, scope)):
        for one in house.types:
            known = [link for link in links(one, house) if not is_closed(house, rights, link)]
            for link in known:
                await check_filter(house, rights, one, link)
    assert len(set(house.refused)) <= 8, house.refused


async def check_filter(house: RightsHouse, rights: Rights, one: RecordType, link: Link) -> None:
    seen = house.seen(rights, one.key)
    name, every = camel(link.key), house.named(link.target, house.rows[link.target])
    held = {record: wanted_of(house, rights, one, link, record) for record in seen}
    full = [record for record in seen if held[record]]
    empty = [record for record in seen if not held[record]]
    several = "{ id: { in: $ids } }"
    if link.is_many:
        cases = {
            f"{name}: {{ some: {{}} }}": full,
            f"{name}: {{ none: {{}} }}": empty,
            f"{name}: {{ some: {several} }}": full,
            f"{name}: {{ none: {several} }}": empty,
        }
    else:
        cases = {f"{name}: {several}": full}
        if link.column == "id":
            cases[f"{name}: {{ id: {{ isNull: true }} }}"] = empty
            cases[f"{name}: {{ id: {{ notIn: $ids }} }}"] = empty
    for case, wanted in cases.items():
        head, variables = ("query($ids: [ID!])", {"ids": every}) if "$ids" in case else ("query", {})
        condition = inside(link.group, case)
        text = f"{head} {{ found: {root(one)}(first: 60, filter: {{ {condition} }}) {{ totalCount nodes {{ id }} }} }}"
        answer = await house.answer(text, rights, **variables)
        if TOO_DEEP in str(answer.get("errors")):
            # SQLite's parser bears only so much: that is told, and tells nothing else.
            house.refused.append(f"{one.key} {case}")
            continue
        data = answer["data"]["found"]
        assert sorted(one.local_id(node["id"]) for node in data["nodes"]) == sorted(wanted), (one.key, case)
        assert data["totalCount"] == len(wanted), (one.key, case)


async def test_a_filter_through_what_one_may_not_read_at_all_is_refused(house: RightsHouse) -> None:
    for one in house.types:
        for link in links(one, house):
            rights = house.rights(Scope.ALL, scopes={(link.target, "read"): Scope.NONE})
            if link.target == one.key or not is_closed(house, rights, link):
                continue
            condition = f"{camel(link.key)}: {{ {'some: {}' if link.is_many else 'id: { isNull: true }'} }}"
            text = f"{{ {root(one)}(filter: {{ {inside(link.group, condition)} }}) {{ totalCount }} }}"
            answer = await house.answer(text, rights)
            assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", (one.key, link.path)


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_search_finds_what_is_in_reach(house: RightsHouse, scope: Scope) -> None:
    rights = house.rights(scope)
    for one in (each for each in house.types if each.entity.search):
        for record in house.rows[one.key]:
            text = f"query($s: String) {{ found: {root(one)}(search: $s) {{ totalCount nodes {{ id }} }} }}"
            data = await house.data(text, rights, s=mark(one.key, record))
            is_found = house.is_live(one.key, record) and house.sees(rights, one.key, record)
            wanted = [{"id": one.global_id(record)}] if is_found else []
            assert data["found"] == {"totalCount": len(wanted), "nodes": wanted}, (one.key, record)


@pytest.mark.parametrize("scope", SCOPES)
async def test_no_order_changes_what_is_in_reach(house: RightsHouse, scope: Scope) -> None:
    rights = house.rights(scope)
    for one in house.types:
        fields = house.built.schema.type_map[f"{one.name}OrderField"]
        values = getattr(fields, "values", {})
        names = [name for name, value in values.items() if rights.sees(one.key, value.value)]
        wanted = sorted(house.named(one.key, house.seen(rights, one.key)))
        for some in portions(names, 10):
            told = [
                f"a{n}: {root(one)}(first: 60, orderBy: [{{field: {name}, direction: DESC}}]) {{ nodes {{ id }} }}"
                for n, name in enumerate(some)
            ]
            data = await house.data(f"{{ {' '.join(told)} }}", rights)
            for number, name in enumerate(some):
                assert sorted(node["id"] for node in data[f"a{number}"]["nodes"]) == wanted, (one.key, name)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("read", [Scope.OWN, Scope.ALL], ids=["reads own", "reads all"])
async def test_every_action_reaches_as_far_as_its_scope_and_as_sight(
    house: RightsHouse, scope: Scope, read: Scope
) -> None:
    rights = house.rights(read, scope)
    for one in house.types:
        for action in sorted(house.app.roles.actions[one.key]):
            found = await visible_ids(
                house.app.database,
                house.app.model,
                one,
                rights,
                list(house.rows[one.key]),
                now=house.app.clock.now(),
                action=action,
            )
            assert sorted(found) == house.seen(rights, one.key, action, live=False), (one.key, action)


@pytest.mark.parametrize("scope", SCOPES)
async def test_an_export_holds_what_may_be_exported_and_no_other_word(
    house: RightsHouse, scope: Scope, tmp_path: Path
) -> None:
    target = tmp_path / "list.csv"
    for rights in (house.rights(Scope.ALL, scope), house.rights(scope, Scope.ALL)):
        for one in house.types:
            actor = house.actor(rights)
            if rights.scope(one.key, "export") is Scope.NONE:
                with pytest.raises(NotAllowed):
                    await export_records(house.app, actor, one, target)
                continue
            number = await export_records(house.app, actor, one, target)
            assert number == len(house.seen(rights, one.key, "export")), one.key
            told = target.read_bytes()
            assert [word for word in house.marks_out_of_sight(rights) if word in told] == [], one.key


@pytest.mark.parametrize("scope", SCOPES)
async def test_duplicates_and_segments_tell_of_nobody_out_of_reach(house: RightsHouse, scope: Scope) -> None:
    rights = house.rights(scope)
    seen = house.seen(rights, "client")
    for client in seen:
        async with house.app.unit_of_work(house.actor(rights)) as work:
            found = await work.do("client.find_duplicates", client=client)
        assert isinstance(found, Duplicates)
        told = sorted(one.id for one in found.duplicates)
        points = {house.rows["contact_point"][each]["client"] for each in house.seen(rights, "contact_point")}
        others = [other for other in seen if other != client and {client, other} <= points]
        assert told == sorted(house.named("client", others))
    for segment in house.seen(rights, "segment"):
        async with house.app.unit_of_work(house.actor(rights)) as work:
            members = await work.do("segment.list_members", segment=segment, limit=200)
        assert isinstance(members, SegmentMembers)
        assert members.total == len(seen)
        assert members.ids == house.named("client", seen)


@pytest.mark.postgres
async def test_postgres_keeps_the_same_rows_back(postgres_url: str, tmp_path: Path) -> None:
    async with open_rights_house(postgres_url, tmp_path) as house:
        for scope in Scope:
            await test_lists_and_their_counts_show_what_is_in_reach(house, scope)
            rights = house.rights(Scope.ALL, scope)
            for one in house.types:
                for action in ("edit", "export"):
                    found = await fetch_records(
                        house.app.database,
                        house.app.model,
                        one,
                        rights,
                        now=house.app.clock.now(),
                        action=action,
                        archived=True,
                        paths=(),
                    )
                    wanted = house.seen(rights, one.key, action, live=False)
                    assert sorted(int(str(row["id"])) for row in found) == wanted, (one.key, action)
        for one in house.types:
            for link in links(one, house):
                rights = house.rights(Scope.OWN)
                if not is_closed(house, rights, link):
                    await check_filter(house, rights, one, link)
