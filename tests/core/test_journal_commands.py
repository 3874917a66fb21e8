"""Commands are typed functions, and all that is derived from them is checked when they are declared."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

import pytest
from journal_house import Client, Visit, clients, contacts, people, visits

from cardfile.database.tables import Record
from cardfile.errors import DeclarationError, InvalidInput, InvalidInputs, NotFound
from cardfile.journal import Call, CommandBook, ParameterKind, Values, command, command_of
from cardfile.journal.arguments import read_arguments
from cardfile.journal.verbs import past
from cardfile.model.kinds import Reading
from cardfile.model.model import Declared, Model, build_model


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


@dataclass(frozen=True)
class Line:
    product: str
    price: Decimal
    size: Size = Size.SMALL


@dataclass(frozen=True)
class Outcome:
    done: int


@command("client.order", label="Order")
async def order(
    call: Call,
    client: Client,
    lines: list[Line],
    other: Client | None = None,
    due: date | None = None,
    number: int = 1,
) -> Outcome:
    """Order something.

    More about it.
    """
    return Outcome(len(lines))


@pytest.fixture(scope="module")
def model() -> Model:
    return build_model((Declared("core", (people, clients, contacts)), Declared("club", (visits,))))


def test_a_command_is_read_from_its_signature() -> None:
    made = command_of(order)
    assert (made.entity, made.verb, made.action, made.event) == ("client", "order", "order", "client.ordered")
    assert made.description == "Order something."
    assert made.result is Outcome
    kinds = {one.name: (one.kind, one.is_list, one.is_optional, one.is_required) for one in made.parameters}
    assert kinds == {
        "client": (ParameterKind.RECORD, False, False, True),
        "lines": (ParameterKind.INPUT, True, False, True),
        "other": (ParameterKind.RECORD, False, True, False),
        "due": (ParameterKind.SCALAR, False, True, False),
        "number": (ParameterKind.SCALAR, False, False, False),
    }
    assert [one.name for one in made.parameters[1].members] == ["product", "price", "size"]


def test_a_book_gives_full_names_and_finds_the_subject(model: Model) -> None:
    book = CommandBook.build(model, [("core", (order,))])
    made = book["client.order"]
    assert made.subject is not None
    assert [one.input_name for one in made.parameters] == ["id", "lines", "otherId", "due", "number"]
    plugin = CommandBook.build(model, [("club", (order,))])["club.client.order"]
    assert (plugin.entity, plugin.event, plugin.plugin) == ("client", "club.client.ordered", "club")


def test_every_type_has_the_derived_commands(model: Model) -> None:
    book = CommandBook.build(model, [])
    assert [one.name for one in book.of("club.visit")] == [
        "club.visit.create",
        "club.visit.update",
        "club.visit.archive",
        "club.visit.restore",
    ]
    assert [one.action for one in book.of("club.visit")] == ["create", "edit", "archive", "archive"]
    assert book["club.visit.create"].is_creation
    assert book["club.visit.update"].event == "club.visit.updated"


def test_a_command_of_ones_own_takes_the_place_of_the_derived_one(model: Model) -> None:
    @command("client.create", label="Create")
    async def create(call: Call, values: Values, note: str | None = None) -> Client:
        """Make a client."""
        return await call.create(Client, values)

    book = CommandBook.build(model, [("core", (create,))])
    assert not book["client.create"].is_derived
    assert [one.name for one in book.of("client")].count("client.create") == 1


def test_two_commands_of_one_name_are_both_named(model: Model) -> None:
    with pytest.raises(
        DeclarationError, match=r"core: the command 'client.order' is declared by core already"
    ):
        CommandBook.build(model, [("core", (order, order))])


def test_an_unknown_entity_is_told_with_those_there_are(model: Model) -> None:
    @command("boat.sail", label="Sail")
    async def sail(call: Call) -> None:
        """Sail."""

    with pytest.raises(DeclarationError, match=r"club: the command 'boat.sail' .* 'boat' .* club.visit"):
        CommandBook.build(model, [("club", (sail,))])


def test_an_unknown_command_is_not_found(model: Model) -> None:
    with pytest.raises(NotFound, match=r"no command client\.fly"):
        CommandBook.build(model, [])["client.fly"]


async def _no_call(client: Client) -> None: ...


async def _untyped(call: Call, note) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001


async def _strange(call: Call, note: set[str]) -> None: ...


async def _starred(call: Call, *notes: str) -> None: ...


async def _two_values(call: Call, one: Values, two: Values) -> None: ...


async def _unclear(call: Call) -> int:
    return 1


async def _silent(call: Call):  # type: ignore[no-untyped-def]  # noqa: ANN202
    ...


def _sync(call: Call) -> None: ...


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (_no_call, "first parameter must be 'call: Call'"),
        (_untyped, "parameter 'note' has no type"),
        (_strange, "from which nothing can be derived"),
        (_starred, "name every parameter"),
        (_two_values, "only one parameter can be Values, not one and two"),
        (_unclear, "it can return a record, a frozen dataclass or None"),
        (_silent, "say what it returns"),
        (_sync, "write 'async def'"),
    ],
)
def test_what_cannot_be_derived_from_is_told_at_the_declaration(function: object, told: str) -> None:
    with pytest.raises(DeclarationError, match=told):
        command("client.fail", label="Fail")(function)  # type: ignore[type-var]  # wrong on purpose


def test_a_name_needs_an_entity_and_a_verb() -> None:
    with pytest.raises(DeclarationError, match=r"such as 'client\.merge'"):
        command("merge", label="Merge")


def test_a_plain_function_is_no_command() -> None:
    with pytest.raises(DeclarationError, match="_no_call is listed as a command: mark it"):
        command_of(_no_call)


@pytest.mark.parametrize(
    ("verb", "done"),
    [
        ("create", "created"),
        ("merge", "merged"),
        ("reject", "rejected"),
        ("qualify", "qualified"),
        ("check_in", "checked_in"),
        ("send", "sent"),
        ("hand_over", "handed_over"),
        ("play", "played"),
    ],
)
def test_verbs_become_past(verb: str, done: str) -> None:
    assert past(verb) == done


def test_arguments_are_read_as_their_types() -> None:
    given = {
        "client": 5,
        "lines": [{"product": "Glass", "price": "12.50", "size": "large"}],
        "due": "2026-12-01",
    }
    read = read_arguments(command_of(order), given, Reading(date(2026, 11, 21)))
    assert read == {
        "client": 5,
        "lines": [Line("Glass", Decimal("12.50"), Size.LARGE)],
        "due": date(2026, 12, 1),
        "other": None,
        "number": 1,
    }


def test_all_that_is_wrong_with_arguments_is_told_at_once() -> None:
    given = {"lines": [{"price": "x", "size": "huge"}], "number": 2**70, "colour": "red"}
    with pytest.raises(InvalidInputs) as caught:
        read_arguments(command_of(order), given, Reading(date(2026, 11, 21)))
    assert [error.path for error in caught.value.errors] == [
        ("lines", 0, "price"),
        ("lines", 0, "size"),
        ("lines", 0, "product"),
        ("number",),
        ("colour",),
        ("client",),
    ]


def test_a_deep_or_endless_input_is_refused() -> None:
    with pytest.raises(InvalidInput, match="At most 10000"):
        read_arguments(command_of(order), {"client": 1, "lines": [{}] * 10_001}, Reading(date(2026, 11, 21)))


def test_the_subject_is_the_first_record_of_the_commands_own_entity(model: Model) -> None:
    @command("client.show", label="Show")
    async def show(call: Call, visit: Visit, client: Client, other: Client) -> Client:
        """Show."""
        return client

    made = CommandBook.build(model, [("core", (show,))])["client.show"]
    assert [one.input_name for one in made.parameters] == ["visitId", "id", "otherId"]


def test_any_record_at_all_is_no_type() -> None:
    async def show(call: Call, record: Record) -> None: ...

    with pytest.raises(DeclarationError, match="nothing can be derived"):
        command("client.show", label="Show")(show)
