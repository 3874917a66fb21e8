"""One row may tell of several things: a client and his deal, a visit and whose it was."""

from pathlib import Path

import pytest
from parts_desk import PartsDesk, of_parts, outcomes, told

from cardfile.app import App
from cardfile.settings import Settings
from cardfile.values.money import Money

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path / "data",
        plugins=("fitness",),
        locale="ru",
        zone="Europe/Moscow",
        worker=False,
    )


@pytest.fixture
def desk(app: App) -> PartsDesk:
    return PartsDesk(app)


CLIENTS = (
    "name", "phones", "tags", "deal:title", "deal:amount", "deal:stage", "interaction:at", "interaction:text",
)  # fmt: skip
ROWS = (
    (
        "Анна Иванова",
        "89161112233",
        "vip",
        "Ремонт",
        "12 500",
        "Предложение",
        "05.03.2026",
        "Просила перезвонить",
    ),
    ("Пётр Орлов", "89161112244", None, None, None, None, None, "Любит кофе"),
    ("Вера Белова", "89161112255", None, None, "900", None, "06.03.2026", None),
)


async def test_a_list_of_clients_brings_their_deals_and_contacts(desk: PartsDesk) -> None:
    done = await desk.bring("client", CLIENTS, ROWS)
    assert [told(one) for one in done] == [[], [], []]
    assert outcomes(done) == ["created"] * 3
    assert [of_parts(one) for one in done] == [
        {"deal": "created", "interaction": "created"},
        {"interaction": "created"},
        {"deal": "created", "interaction": "created"},
    ]
    anna, petr, vera = await desk.rows("client")
    first, second = await desk.rows("deal")
    assert (first["client"], first["title"], first["amount"]) == (
        anna["id"],
        "Ремонт",
        Money(1_250_000, "RUB"),
    )
    assert (second["client"], second["title"]) == (vera["id"], "Вера Белова")
    kinds = [(row["client"], row["kind"], row["text"]) for row in await desk.rows("interaction")]
    assert kinds == [
        (anna["id"], "contact", "Просила перезвонить"),
        (petr["id"], "note", "Любит кофе"),
        (vera["id"], "contact", None),
    ]
    assert anna["last_contact_at"] is not None
    assert petr["last_contact_at"] is None


async def test_the_same_and_a_longer_list_make_nothing_twice(desk: PartsDesk) -> None:
    await desk.bring("client", CLIENTS, ROWS)
    before = await desk.live()
    for mode in ("skip", "fill", "overwrite"):
        again = await desk.bring("client", CLIENTS, ROWS, mode=mode)
        assert not {"created"} & {one.own for row in again for one in row.all_parts()}, mode
    assert await desk.live() == before
    more = [("Нина Новая", "89161112299", None, "Окна", 100, None, None, None), *ROWS]
    longer = await desk.bring("client", CLIENTS, more)
    assert outcomes(longer) == ["created", "duplicate", "duplicate", "duplicate"]


async def test_two_deals_alike_in_one_list_are_two_and_stay_two(desk: PartsDesk) -> None:
    rows = [("Анна Иванова", "Окна", 100), ("Анна Иванова", "Окна", 200)]
    columns = ("client:name", "title", "amount")
    for portions in ((rows,), (rows[:1], rows[1:])):
        done = await desk.bring("deal", columns, *portions)
        assert len(await desk.rows("deal")) == 2
        assert len(await desk.rows("client")) == 1
    assert outcomes(done) == ["duplicate", "duplicate"]
