"""Names of clients and their parts."""

from typing import Any

import pytest
from clients_desk import Desk

from cardfile.app import App
from cardfile.clients.names import NAMELESS
from cardfile.errors import InvalidInput

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


@pytest.mark.parametrize(
    ("values", "name", "parts"),
    [
        pytest.param(
            {"name": "Иванова Анна Петровна"},
            "Иванова Анна Петровна",
            ("Иванова", "Анна", "Петровна"),
            id="a full name is taken apart",
        ),
        pytest.param(
            {"last_name": "Иванова", "first_name": "Анна"},
            "Иванова Анна",
            ("Иванова", "Анна", None),
            id="parts are put together, the last name first",
        ),
        pytest.param(
            {"last_name": "Smith", "first_name": "John"},
            "John Smith",
            ("Smith", "John", None),
            id="Latin names begin with the first name",
        ),
        pytest.param(
            {"first_name": "Анна Иванова"},
            "Анна Иванова",
            ("Иванова", "Анна", None),
            id="a whole name in the column of first names is one",
        ),
        pytest.param(
            {"name": "Анна Иванова", "first_name": "Аня"},
            "Анна Иванова",
            (None, "Аня", None),
            id="what is given stays as it is given",
        ),
    ],
)
async def test_name_and_parts_follow_each_other(
    desk: Desk, values: dict[str, Any], name: str, parts: tuple[str | None, ...]
) -> None:
    client = await desk.do("client.create", values=values)
    row = await desk.row("client", client.id)
    assert row["name"] == name
    assert (row["last_name"], row["first_name"], row["middle_name"]) == parts
    assert row["kind"] == "person"


async def test_a_firm_is_a_company_and_has_no_first_name(desk: Desk) -> None:
    row = await desk.row("client", await desk.client("ООО «Северный Ветер»"))
    assert (row["kind"], row["first_name"], row["last_name"]) == ("company", None, None)


async def test_a_firm_in_the_column_of_last_names_is_a_company(desk: Desk) -> None:
    client = await desk.do("client.create", values={"last_name": "ООО «Ромашка»"})
    row = await desk.row("client", client.id)
    assert (row["kind"], row["name"], row["last_name"]) == ("company", "ООО «Ромашка»", None)


async def test_somebody_of_whom_only_the_company_is_known_is_that_company(desk: Desk) -> None:
    row = await desk.row("client", await desk.client(company="Рога и копыта"))
    assert (row["kind"], row["name"]) == ("company", "Рога и копыта")


async def test_the_name_of_a_lead_who_left_a_phone_only_does_not_tell_it(desk: Desk) -> None:
    row = await desk.row("client", await desk.client(phones=["8 (916) 123-45-67"]))
    assert row["name"] == NAMELESS
    assert "916" not in NAMELESS


async def test_a_client_of_whom_nothing_is_known_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="needs a name"):
        await desk.client(comment="somebody called")


async def test_a_new_last_name_changes_the_name(desk: Desk) -> None:
    client = await desk.client("Иванова Анна Петровна")
    await desk.do("client.update", record=client, values={"last_name": "Смирнова"})
    assert (await desk.row("client", client))["name"] == "Смирнова Анна Петровна"


async def test_a_new_name_changes_the_parts(desk: Desk) -> None:
    client = await desk.client("Иванова Анна Петровна")
    await desk.do("client.update", record=client, values={"name": "Олег Смирнов"})
    row = await desk.row("client", client)
    assert (row["last_name"], row["first_name"], row["middle_name"]) == ("Смирнов", "Олег", None)


async def test_a_name_cannot_be_taken_away(desk: Desk) -> None:
    client = await desk.client("Анна Иванова")
    with pytest.raises(InvalidInput, match="needs a name"):
        await desk.do("client.update", record=client, values={"name": " "})


async def test_clients_are_ordered_by_the_folded_name(desk: Desk) -> None:
    for name in ("Яшин Олег", "ёлкина Анна", "Ежова Анна", "Ёжиков Пётр"):
        await desk.client(name)
    rows = await desk.rows("client", order=("name",))
    assert [row["name"] for row in rows] == ["Ёжиков Пётр", "Ежова Анна", "ёлкина Анна", "Яшин Олег"]


async def test_a_tax_number_gets_back_its_lost_zero(desk: Desk) -> None:
    client = await desk.client("ООО «Ромашка»", tax_number="276016375")
    assert (await desk.row("client", client))["tax_number"] == "0276016375"


async def test_a_foreign_tax_number_stays_as_it_is(desk: Desk) -> None:
    client = await desk.client("Harbour Ltd", tax_number="GB999999973")
    assert (await desk.row("client", client))["tax_number"] == "GB999999973"


async def test_a_time_zone_that_does_not_exist_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="Europe/Moscow"):
        await desk.client("Анна Иванова", zone="Moscow")
