"""Every command has a guard: nobody does what he may not, and a hidden record is answered as a missing one."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import AsyncClient
from rights_deeds import MISSING, Deed, Place, deeds
from rights_house import RightsHouse, open_rights_house

from cardfile.access.token_scopes import TokenScopes
from cardfile.app import App
from cardfile.errors import InvalidInput, NotAllowed, NotFound, Refused
from cardfile.journal import ParameterKind
from cardfile.rights import Rights, Scope
from cardfile.testing.people import Person
from cardfile.testing.samples import SAMPLES, sample

pytestmark = pytest.mark.anyio

REFUSED = ("NOT_ALLOWED", "NOT_FOUND")
MAY_NOT = "You may not do this: {deed}."


class Undone(Exception):
    """Ends a unit of work so that nothing of it stays."""


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RightsHouse]:
    folder = tmp_path_factory.mktemp("commands")
    async with open_rights_house(f"sqlite:///{folder / 'cardfile.db'}", folder) as opened:
        yield opened


def own(house: RightsHouse, rights: Rights) -> dict[str, int]:
    """Return of each type a record that the reader may do everything to, or else any."""
    found = {}
    for one in house.types:
        seen = (
            house.seen(rights, one.key, "archive") or house.seen(rights, one.key) or list(house.rows[one.key])
        )
        found[one.key] = seen[0]
    return found


async def errors_of(
    house: RightsHouse, deed: Deed, rights: Rights, given: dict[str, Any]
) -> list[dict[str, Any]]:
    answer = await house.answer(deed.text, rights, input=given)
    assert "errors" not in answer, (deed.command.name, answer["errors"])
    found: list[dict[str, Any]] = answer["data"]["done"]["userErrors"]
    return found


async def test_somebody_without_rights_does_nothing(house: RightsHouse) -> None:
    nothing = Rights(user=house.base.user, own=house.base.own, team=house.base.team, teams=house.base.teams)
    before = await house.events()
    for deed in deeds(house):
        errors = await errors_of(house, deed, nothing, deed.input(own(house, house.rights(Scope.ALL))))
        assert [one["code"] in REFUSED for one in errors] == [True], (deed.command.name, errors)
    assert await house.events() == before


@pytest.mark.parametrize("who", ["an analyst", "a token that reads clients", "a token without limits"])
async def test_who_may_not_do_a_thing_does_not(house: RightsHouse, who: str) -> None:
    analyst = house.app.roles.union(("analyst",))
    rights = {
        "an analyst": replace(
            house.base, scopes=analyst.scopes, hidden=analyst.hidden, locked=analyst.locked
        ),
        "a token that reads clients": TokenScopes.parse(["client:read"]).cut(house.rights(Scope.ALL)),
        "a token without limits": TokenScopes.parse([]).cut(house.rights(Scope.ALL)),
    }[who]
    before, tried = await house.events(), 0
    for deed in deeds(house):
        if rights.scope(deed.command.entity, deed.command.action) is Scope.NONE:
            tried += 1
            errors = await errors_of(house, deed, rights, deed.input(own(house, house.rights(Scope.ALL))))
            assert [one["code"] in REFUSED for one in errors] == [True], (deed.command.name, errors)
    assert tried > 25
    assert await house.events() == before


async def test_an_analyst_writes_nothing_but_what_is_his_own(house: RightsHouse) -> None:
    analyst = house.app.roles.union(("analyst",))
    writes = {
        f"{entity}.{action}:{scope.name.lower()}"
        for (entity, action), scope in analyst.scopes.items()
        if action not in {"read", "list_members"}
    }
    assert {one for one in writes if not one.endswith(":own")} == set()
    assert {one.partition(".")[0] for one in writes} <= {
        "segment",
        "share",
        "api_token",
        "user",
        "file",
        "notice",
    }


@pytest.mark.parametrize("scope", [Scope.OWN, Scope.TEAM], ids=["own", "team"])
async def test_every_command_reaches_as_far_as_its_scope(house: RightsHouse, scope: Scope) -> None:
    for rights in (house.rights(Scope.ALL, scope), house.rights(scope, Scope.ALL)):
        ids = own(house, rights)
        for deed in deeds(house):
            subject = deed.command.subject
            if subject is None:
                continue
            entity, action = deed.command.entity, deed.command.action
            for record in house.rows[entity]:
                arguments = plain(deed, {**ids, entity: record})
                arguments[subject.name] = [record] if subject.is_list else record
                error = await tried(house, rights, deed, arguments)
                case = (deed.command.name, record, str(error))
                if not house.sees(rights, entity, record):
                    assert isinstance(error, NotFound), case
                elif not house.sees(rights, entity, record, action):
                    assert isinstance(error, NotAllowed), case
                    assert error.template == MAY_NOT, case
                else:
                    assert getattr(error, "template", "") != MAY_NOT, case


@pytest.mark.parametrize("scope", [Scope.OWN, Scope.TEAM], ids=["own", "team"])
async def test_what_a_command_makes_hangs_on_what_is_in_its_reach(house: RightsHouse, scope: Scope) -> None:
    checked = 0
    for deed in deeds(house):
        command, one = deed.command, house.app.model[deed.command.entity]
        reference = getattr(one.visibility, "reference", None)
        if command.subject is not None or reference is None:
            continue
        host = house.app.model[one.links[reference].target]
        if host.key not in {place.target for place in deed.places()}:
            continue
        rights = house.rights(Scope.ALL, scope)
        for record in house.rows[host.key]:
            arguments = plain(deed, {**own(house, rights), host.key: record})
            error = await tried(house, rights, deed, arguments)
            is_near = house._within(rights, host, house.rows[host.key][record], scope, command.action)
            checked += 1
            assert is_near or isinstance(error, NotAllowed), (command.name, record, str(error))
            if is_near:
                assert getattr(error, "template", "") != MAY_NOT, (command.name, record, str(error))
    assert checked > 50


def plain(deed: Deed, ids: dict[str, int]) -> dict[str, Any]:
    """Return the arguments of a command, as code gives them."""
    given, arguments = deed.input(ids), {}
    for one in deed.command.parameters:
        if one.kind is ParameterKind.VALUES:
            names = {each.input_name for each in deed.command.parameters}
            arguments[one.name] = {
                name.removesuffix("Id"): value for name, value in given.items() if name not in names
            }
        elif one.input_name in given:
            arguments[one.name] = given[one.input_name]
    return arguments


async def tried(house: RightsHouse, rights: Rights, deed: Deed, arguments: dict[str, Any]) -> Refused | None:
    """Do a command and undo it; return what it was refused with."""
    try:
        with suppress(Undone):
            async with house.app.unit_of_work(house.actor(rights)) as work:
                await work.do(deed.command.name, **arguments)
                raise Undone
    except Refused as error:
        return error
    return None


async def test_a_hidden_id_is_answered_as_one_that_never_was(house: RightsHouse) -> None:
    everything, before, compared = house.rights(Scope.OWN), await house.events(), 0
    for deed in deeds(house):
        for place in deed.places():
            blind = {(place.target, "read"): Scope.NONE} if not hidden(house, everything, place) else {}
            if blind and place.target == deed.command.entity:
                continue
            rights = house.rights(Scope.OWN, scopes=blind)
            told = []
            for record in (hidden(house, rights, place)[-1], MISSING):
                given = deed.input(own(house, house.rights(Scope.OWN)))
                deed.put(given, place, record)
                text = (await house.bytes_of(deed.text, rights, input=given)).decode()
                told.append(text.replace(house.app.model[place.target].global_id(record), "?"))
            assert told[0] == told[1], (deed.command.name, place)
            errors = json.loads(told[0])["data"]["done"]["userErrors"]
            assert any(one["code"] == "NOT_FOUND" and "?" in one["message"] for one in errors), (
                deed.command.name,
                place,
                errors,
            )
            compared += 1
    assert compared > 60
    assert await house.events() == before


def hidden(house: RightsHouse, rights: Rights, place: Place) -> list[int]:
    return [record for record in house.rows[place.target] if not house.sees(rights, place.target, record)]


async def test_queries_answer_a_hidden_id_as_one_that_never_was(house: RightsHouse) -> None:
    rights = house.rights(Scope.OWN, scopes={("user", "read"): Scope.OWN})
    for one in house.types:
        ids = [record for record in house.rows[one.key] if not house.sees(rights, one.key, record)][:3]
        for text in (
            "query($id: ID!) { found: node(id: $id) { __typename id } }",
            "query($id: ID!) { found: nodes(ids: [$id]) { id } }",
            "query($id: ID!) { found: node(id: $id) { id } __schema { queryType { name } } }",
        ):
            missing = await house.bytes_of(text, rights, id=one.global_id(MISSING))
            for record in ids:
                assert await house.bytes_of(text, rights, id=one.global_id(record)) == missing, one.key


async def test_locked_and_hidden_fields_are_not_written(house: RightsHouse) -> None:
    checked = 0
    for key, command in ((one.key, f"{one.key}.update") for one in house.types):
        if command not in house.app.commands or house.app.commands[command].values is None:
            continue
        rights, one = house.rights(Scope.ALL), house.app.model[key]
        record = house.seen(rights, key, "edit")[0]
        subject = house.app.commands[command].subject
        assert subject is not None
        deed = Deed(house, house.app.commands[command])
        for path, line in one.lines.items():
            if not line.field.is_editable or line.kind not in SAMPLES:
                continue
            values = {path: sample(line.field, 3)}
            arguments = {subject.name: record, "values": values}
            pair = frozenset({(key, path)})
            locked = await tried(house, replace(rights, locked=pair), deed, arguments)
            assert isinstance(locked, NotAllowed), (key, path, str(locked))
            unseen = await tried(house, replace(rights, hidden=pair), deed, arguments)
            assert isinstance(unseen, InvalidInput), (key, path, str(unseen))
            assert unseen.template == "{entity} has no field {name}; there are: {known}."
            checked += 1
    assert checked > 40


async def test_what_is_lent_is_neither_lent_on_nor_taken(house: RightsHouse) -> None:
    rights = house.rights(Scope.OWN)
    lent = house.filler.held["client", "lent to change"]
    given = {"record": f"client_{lent}", "to_user": house.filler.people["reader"]}
    share = await tried(house, rights, Deed(house, house.app.commands["share.create"]), given)
    assert isinstance(share, NotAllowed)
    assert "lent" in str(share)
    update = Deed(house, house.app.commands["client.update"])
    for values in ({"owner": house.filler.people["reader"]}, {"owner": house.filler.people["absent"]}):
        taken = await tried(house, rights, update, {"record": lent, "values": values})
        assert isinstance(taken, NotAllowed)
    assert await tried(house, rights, update, {"record": lent, "values": {"city": "Kazan"}}) is None


async def test_a_record_is_not_moved_onto_what_is_only_lent_to_read(house: RightsHouse) -> None:
    rights = house.rights(Scope.OWN)
    mine = next(
        record
        for record, row in house.rows["contact_point"].items()
        if row["client"] == house.filler.held["client", "own"]
    )
    values = {"client": house.filler.held["client", "lent to read"]}
    update = Deed(house, house.app.commands["contact_point.update"])
    moved = await tried(house, rights, update, {"record": mine, "values": values})
    assert isinstance(moved, Refused)


async def test_a_refusal_names_nobody_whose_name_is_hidden(house: RightsHouse) -> None:
    rights = house.rights(
        Scope.ALL, hidden=[(one.key, one.entity.title) for one in house.types if one.entity.title]
    )
    titles = {
        str(row[one.entity.title])
        for one in house.types
        for row in house.rows[one.key].values()
        if one.entity.title and row.get(one.entity.title)
    }
    for deed in deeds(house):
        for record in list(house.rows[deed.command.entity])[:4]:
            error = await tried(
                house, rights, deed, plain(deed, {**own(house, rights), deed.command.entity: record})
            )
            said = str(error)
            told = [title for title in titles if re.search(rf"\b{re.escape(title)}\b", said)]
            assert told == [], (deed.command.name, said)


async def test_a_taken_value_is_told_without_whose_it_is(house: RightsHouse) -> None:
    rights = house.rights(Scope.OWN)
    row = next(
        row
        for record, row in house.rows["interaction"].items()
        if not house.sees(rights, "interaction", record)
    )
    values = {
        "client": house.filler.held["client", "own"],
        "kind": "call",
        "channel": row["channel"],
        "external_id": row["external_id"],
    }
    error = await tried(
        house, rights, Deed(house, house.app.commands["interaction.create"]), {"values": values}
    )
    assert isinstance(error, InvalidInput)
    assert "zq" not in str(error)


async def test_files_of_others_are_missing_and_uploads_need_a_right(
    app: App, api: Callable[..., AsyncClient], make_user: Callable[..., Awaitable[Person]]
) -> None:
    ann, boris, nobody = await make_user("manager"), await make_user("manager"), await make_user()
    made = (await api(as_=ann).post("/uploads?name=a.txt", content=b"secret")).json()
    told = []
    for id_ in (made["id"], "file_999999"):
        answer = await api(as_=boris).get(f"/files/{id_}")
        request = answer.json()["error"]["requestId"]
        told.append((answer.status_code, answer.text.replace(id_, "?").replace(request, "")))
    assert told[0] == told[1]
    assert told[0][0] == 404
    issued = await app.access.tokens.issue(ann.user, "reads", TokenScopes.parse(["client:read"]))
    token = api(Authorization=f"Bearer {issued.key}")
    for client in (token, api(as_=nobody)):
        assert (await client.post("/uploads?name=a.txt", content=b"x")).status_code == 403


async def test_a_token_does_not_import_with_more_than_its_own_rights(house: RightsHouse) -> None:
    cut = TokenScopes.parse(["import:*", "client:import", "file:*"]).cut(house.rights(Scope.OWN))
    program = replace(house.actor(cut), token=1)
    with pytest.raises(NotAllowed, match="token"):
        async with house.app.unit_of_work(program) as work:
            await work.do("import.start", file=house.filler.held["file", "own"])


async def test_who_is_sent_away_is_nobody(
    app: App, api: Callable[..., AsyncClient], make_user: Callable[..., Awaitable[Person]]
) -> None:
    await make_user("owner")
    boss, ann = await make_user("owner"), await make_user("manager")
    issued = await app.access.tokens.issue(ann.user, "all", TokenScopes.parse(["*:*"]))
    keys = [ann.key, issued.key]
    async with app.unit_of_work(boss.actor) as work:
        await work.do("user.deactivate", user=ann.user)
    for key in keys:
        answer = await api(Authorization=f"Bearer {key}").post("/uploads?name=a.txt", content=b"x")
        assert answer.status_code == 401
    assert await app.access.actor(ann.user) is None


async def test_nobody_makes_himself_an_owner_of_what_was_lent_to_him(house: RightsHouse) -> None:
    rights, held, people = house.rights(Scope.OWN), house.filler.held, house.filler.people
    lent, reader = held["crew.job", "lent to change"], people["reader"]
    (hand,) = [row["id"] for row in house.rows["crew.hand"].values() if row["job"] == lent]
    taken: list[tuple[str, int, Mapping[str, object]]] = [
        ("crew.job.update", lent, {"owner": reader}),
        ("crew.job.update", lent, {"client": held["client", "own"]}),
        ("crew.hand.update", hand, {"user": reader}),
    ]
    for name, record, values in taken:
        deed = Deed(house, house.app.commands[name])
        error = await tried(house, rights, deed, {"record": record, "values": values})
        assert isinstance(error, NotAllowed), (name, values)
    renamed = Deed(house, house.app.commands["crew.job.update"])
    assert await tried(house, rights, renamed, {"record": lent, "values": {"name": "Lent"}}) is None


async def test_whoever_has_a_record_moves_it_among_his_own_and_says_who_takes_part(
    house: RightsHouse,
) -> None:
    rights = house.rights(Scope.OWN, scopes={("user", "read"): Scope.ALL})
    held = house.filler.held
    mine = held["crew.job", "own"]
    (hand,) = [row["id"] for row in house.rows["crew.hand"].values() if row["job"] == mine]
    given: list[tuple[str, int, Mapping[str, object]]] = [
        ("crew.job.update", mine, {"client": held["client", "own"]}),
        ("crew.hand.update", hand, {"user": house.filler.people["mate"]}),
    ]
    for name, record, values in given:
        deed = Deed(house, house.app.commands[name])
        error = await tried(house, rights, deed, {"record": record, "values": values})
        assert error is None, (name, values)


async def test_participants_do_what_is_said_of_them_and_nothing_else(house: RightsHouse) -> None:
    rights = house.rights(Scope.OWN)
    job = house.filler.held["crew.job", "takes part"]
    update = Deed(house, house.app.commands["crew.job.update"])
    assert await tried(house, rights, update, {"record": job, "values": {"name": "Measured"}}) is None
    archive = Deed(house, house.app.commands["crew.job.archive"])
    error = await tried(house, rights, archive, {"record": job})
    assert isinstance(error, NotAllowed)
    assert error.template == MAY_NOT
    taken = {"record": job, "values": {"owner": house.filler.people["reader"]}}
    assert isinstance(await tried(house, rights, update, taken), NotAllowed)
