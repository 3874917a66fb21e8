"""Roles: what declarations come to, and which ones stop the start."""

import pytest
from access_house import POST_GRANTS, Deed, Letter, letter, role_book
from piccolo.columns import ForeignKey, OnDelete, Varchar

from cardfile.access.token_scopes import TokenScopes
from cardfile.database.tables import Record
from cardfile.declarations import Role
from cardfile.errors import DeclarationError, InvalidInput
from cardfile.model.entities import Entity, Everyone
from cardfile.model.fields import Field, Kind
from cardfile.rights import Rights, Scope

STAMP = Deed("post.letter.stamp", "post.letter", "stamp")


class Page(Record, tablename="post_page"):
    """Something that hangs on a letter."""

    text = Varchar()
    letter = ForeignKey(Letter, on_delete=OnDelete.restrict)


page = Entity(Page, "Page", "Pages", on="letter", fields=(Field("text", "Text", Kind.TEXT),))


class Rate(Record, tablename="post_rate"):
    """Something that everybody may see, once a role says so."""

    name = Varchar()


rate = Entity(
    Rate, "Rate", "Rates", visibility=Everyone(), actions=("read",), fields=(Field("name", "N", Kind.TEXT),)
)


def test_a_star_means_all_actions_and_a_named_one_wins_over_it() -> None:
    book = role_book(letter, grants={**POST_GRANTS, "manager": {"letter": "*:own read:all"}}, deeds=[STAMP])
    scopes = book.roles["manager"].scopes
    assert scopes["post.letter", "read"] is Scope.ALL
    assert scopes["post.letter", "stamp"] is scopes["post.letter", "export"] is Scope.OWN


def test_what_hangs_on_a_record_is_reached_as_far_as_the_record() -> None:
    book = role_book(letter, page, grants=POST_GRANTS)
    assert book.roles["head"].scopes["post.page", "create"] is Scope.TEAM
    assert book.roles["specialist"].scopes["post.page", "read"] is Scope.OWN
    assert ("post.page", "edit") not in book.roles["specialist"].scopes


def test_a_role_that_speaks_of_an_entity_inherits_nothing_for_it() -> None:
    grants = {**POST_GRANTS, "manager": {"letter": "*:own", "page": "read:own"}}
    scopes = role_book(letter, page, grants=grants).roles["manager"].scopes
    assert ("post.page", "edit") not in scopes


def test_a_grant_of_a_named_command_adds_to_what_comes_with_the_record() -> None:
    turn = Deed("post.page.turn", "post.page", "turn")
    grants = {**POST_GRANTS, "manager": {"letter": "*:own", "page": "turn:own"}}
    scopes = role_book(letter, page, grants=grants, deeds=[turn]).roles["manager"].scopes
    assert {action for entity, action in scopes if entity == "post.page"} >= {
        "turn",
        "read",
        "edit",
        "create",
    }
    assert scopes["post.page", "turn"] is Scope.OWN


def test_owners_may_do_everything() -> None:
    book = role_book(letter, grants=POST_GRANTS, deeds=[STAMP])
    assert book.roles["owner"].scopes["post.letter", "stamp"] is Scope.ALL
    assert book.roles["owner"].scopes["sign_in_attempt", "read"] is Scope.ALL


def test_an_analyst_reads_all_but_contacts_and_what_is_for_owners() -> None:
    analyst = role_book(letter, grants=POST_GRANTS).roles["analyst"]
    assert analyst.scopes["post.letter", "read"] is Scope.ALL
    assert ("post.letter", "edit") not in analyst.scopes
    assert ("post.letter", "export") not in analyst.scopes
    assert ("sign_in_attempt", "read") not in analyst.scopes
    assert ("post.letter", "phone") in analyst.hidden


def test_nobody_but_owners_creates_users_or_teams() -> None:
    book = role_book(letter, grants=POST_GRANTS)
    able = {key for key, role in book.roles.items() if role.scopes.get(("user", "create"))}
    assert able == {"owner"}
    assert {key for key, role in book.roles.items() if role.scopes.get(("team", "edit"))} == {"owner"}


def test_a_plugin_brings_roles_of_its_own() -> None:
    postman = Role("postman", "Postman", can={"letter": "read:own"}, hide={"letter": ("phone",)})
    book = role_book(letter, grants=POST_GRANTS, roles=[postman])
    assert book.roles["postman"].scopes == {("post.letter", "read"): Scope.OWN}
    assert book.roles["postman"].hidden == {("post.letter", "phone")}


@pytest.mark.parametrize(
    ("grants", "roles", "deeds", "sentence"),
    [
        ({"boss": {"letter": "read:own"}}, (), (), "a role 'boss' that does not exist"),
        ({"head": {"parcel": "read:own"}}, (), (), "role 'head', 'parcel': there is no entity 'parcel'"),
        ({"head": {"letter": "burn:own"}}, (), (), "there is no action 'burn' on 'post.letter'"),
        ({"head": {"letter": "read:mine"}}, (), (), "'read:mine' is no permission"),
        ({"head": {"letter": "read"}}, (), (), "'read' is no permission"),
        ({}, (Role("head", "Head"),), (), "the role 'head' exists already, from core"),
        ({}, (Role("postman", "P", hide={"letter": ("colour",)}),), (), "no field or list 'colour'"),
        ({}, (), (STAMP,), "may do 'stamp' on 'post.letter' (command post.letter.stamp)"),
        (
            {"manager": {"letter": "stamp:own"}},
            (),
            (Deed("post.letter.stamp", "post.letter", "stamp", owner_only=True),),
            "is for owners alone",
        ),
    ],
    ids=[
        "unknown-role",
        "unknown-entity",
        "unknown-action",
        "unknown-scope",
        "no-scope",
        "clash",
        "unknown-field",
        "nobody-may",
        "owners-only",
    ],
)
def test_a_wrong_declaration_is_named(
    grants: dict[str, dict[str, str]], roles: tuple[Role, ...], deeds: tuple[Deed, ...], sentence: str
) -> None:
    whole = {
        "manager": {"letter": "create:own read:own edit:own archive:own"},
        **{key: value for key, value in grants.items() if key != "manager"},
    }
    if "manager" in grants:
        whole["manager"] = {"letter": whole["manager"]["letter"] + " " + grants["manager"]["letter"]}
    with pytest.raises(DeclarationError) as error:
        role_book(letter, grants=whole, roles=roles, deeds=deeds)
    assert "post" in str(error.value)
    assert sentence in str(error.value)


def test_a_missing_permission_says_how_to_give_it() -> None:
    with pytest.raises(DeclarationError) as error:
        role_book(rate)
    assert "post: a missing permission: no role may do 'read' on 'post.rate'" in str(error.value)
    assert '{"manager": {"rate": "read:own"}}' in str(error.value)
    assert '{"owner": {"rate": "read:all"}}' in str(error.value)


def test_everything_that_a_star_on_all_entities_reads_must_still_be_given_by_name() -> None:
    assert "read" in {
        action for entity, action in role_book(letter, grants=POST_GRANTS).roles["analyst"].scopes
    }
    with pytest.raises(DeclarationError, match="missing permission"):
        role_book(rate)


def test_a_command_for_owners_alone_needs_no_grant() -> None:
    burn = Deed("post.letter.burn", "post.letter", "burn", owner_only=True)
    book = role_book(letter, grants=POST_GRANTS, deeds=[burn])
    able = {key for key, role in book.roles.items() if role.scopes.get(("post.letter", "burn"))}
    assert able == {"owner"}


RIGHTS = Rights(
    user=1,
    scopes={("client", "read"): Scope.TEAM, ("client", "edit"): Scope.OWN, ("deal", "read"): Scope.ALL},
    hidden=frozenset({("client", "phones")}),
    shared=frozenset({"client"}),
)


def test_a_token_takes_rights_away_and_adds_none() -> None:
    cut = TokenScopes.parse(["client:read:own", "client:archive", "deal:read"]).cut(RIGHTS)
    assert cut.scopes == {("client", "read"): Scope.OWN, ("deal", "read"): Scope.ALL}
    assert cut.hidden == RIGHTS.hidden
    assert cut.shared == frozenset()


def test_a_token_without_limits_may_do_nothing() -> None:
    assert TokenScopes.parse([]).cut(RIGHTS).scopes == {}


def test_a_token_for_everything_leaves_rights_as_they_are() -> None:
    assert TokenScopes.parse(["*:*"]).cut(RIGHTS) == RIGHTS


@pytest.mark.parametrize("word", ["client", "client:", ":read", "client:read:none", "*", "client:read;drop"])
def test_a_limit_that_means_nothing_is_refused(word: str) -> None:
    with pytest.raises(InvalidInput):
        TokenScopes.parse([word])


def test_a_limit_speaks_of_what_there_is() -> None:
    known = {"client": ("read",)}
    assert str(TokenScopes.parse(["client:read", "*:read:own"], known=known)) == "client:read *:read:own"
    with pytest.raises(InvalidInput, match="There is no entity deal; there are: client"):
        TokenScopes.parse(["deal:read"], known=known)
    with pytest.raises(InvalidInput, match="There is no action merge; there are: read"):
        TokenScopes.parse(["client:merge"], known=known)
