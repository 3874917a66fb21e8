"""One row may tell of several things: a client and his deal, a visit and whose it was."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from import_desk import ImportDesk, write_list
from parts_desk import SYSTEM, PartsDesk, of_parts, outcomes, told

from cardfile.app import App
from cardfile.errors import NotAllowed
from cardfile.imports.plan import ImportPlan, SheetPlan
from cardfile.imports.portions import Origin
from cardfile.imports.read_rows import NEW
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
    rows = [("Иванова Анна", "Окна", 100), ("Иванова Анна", "Окна", 200)]
    columns = ("client:name", "title", "amount")
    for portions in ((rows,), (rows[:1], rows[1:])):
        done = await desk.bring("deal", columns, *portions)
        assert len(await desk.rows("deal")) == 2
        assert len(await desk.rows("client")) == 1
    assert outcomes(done) == ["duplicate", "duplicate"]
    parts = ("client:last_name", "client:first_name", "title")
    done = await desk.bring("deal", parts, [("Иванова", "Анна", "Окна"), ("Иванова", "Анна", "Двери")])
    assert outcomes(done) == ["duplicate", "created"]
    assert len(await desk.rows("client")) == 1


async def test_a_list_of_deals_finds_its_clients_by_contacts_and_names(desk: PartsDesk) -> None:
    anna = await desk.client("Анна Иванова", phones=["+79161112233"])
    petr = await desk.client("Пётр Орлов")
    for name in ("Иван Сидоров", "Иван Сидоров"):
        await desk.client(name)
    rows = [
        ("Ремонт", 100, "8 916 111-22-33", "Иванова А.", "Предложение"),
        ("Окна", 200, None, "пётр орлов", "Успешно"),
        ("Двери", 300, None, "Новый Клиент", None),
        ("Полы", 350, None, "Новый Клиент", None),
        ("Балкон", 400, None, "Иван Сидоров", None),
        ("Ничьё", 500, None, None, None),
    ]
    columns = ("title", "amount", "client:phones", "client", "stage")
    done = await desk.bring("deal", columns, rows)
    assert outcomes(done) == ["created", "created", "created", "created", "review", "refused"]
    assert len(done[4].parts[0].candidates) == 2
    clients = [row["name"] for row in await desk.rows("client")]
    assert clients == ["Анна Иванова", "Пётр Орлов", "Иван Сидоров", "Иван Сидоров", "Новый Клиент"]
    deals = await desk.rows("deal")
    assert [row["client"] for row in deals] == [anna, petr, deals[2]["client"], deals[2]["client"]]
    assert [row["result"] for row in deals] == ["open", "won", "open", "open"]
    stays = await desk.rows("stage_change")
    assert [(row["deal"], row["cause"]) for row in stays] == [(row["id"], "import") for row in deals]
    assert outcomes(await desk.bring("deal", columns, rows)) == ["duplicate"] * 4 + ["review", "refused"]
    assert await desk.try_out("deal", columns, rows) == ["duplicate"] * 4 + ["review", "refused"]


async def test_memberships_and_visits_come_with_their_clients(desk: PartsDesk) -> None:
    await desk.do("fitness.plan.create", values={"name": "Годовой", "duration_days": 365})
    rows = [
        ("Анна Иванова", "89161112233", "Годовой", None, "31.12.2030", "01.02.2026 10:00"),
        ("Пётр Орлов", "89161112244", "годовой", "01.03.2024", None, None),
        ("Вера Белова", "89161112255", "Полугодовой", None, "31.12.2030", None),
    ]
    columns = (
        "name", "phones", "fitness_membership:plan", "fitness_membership:starts_on", "fitness_membership:ends_on",
        "fitness_visit:entered_at",
    )  # fmt: skip
    done = await desk.bring("client", columns, rows)
    assert outcomes(done) == ["created"] * 3
    assert [of_parts(one) for one in done] == [
        {"fitness_membership": "created", "fitness_visit": "created"},
        {"fitness_membership": "created"},
        {"fitness_membership": "refused"},
    ]
    assert any("Полугодовой" in text for text in told(done[2]))
    sold = [
        (row["starts_on"], row["ends_on"], row["status"]) for row in await desk.rows("fitness.membership")
    ]
    assert sold == [
        (date(2030, 1, 1), date(2030, 12, 31), "waiting"),
        (date(2024, 3, 1), date(2025, 2, 28), "ended"),
    ]
    (visit,) = await desk.rows("fitness.visit")
    assert (visit["entered_at"], visit["via"]) == (datetime(2026, 2, 1, 7, tzinfo=UTC), "import")
    before = await desk.live()
    assert {one.own for row in await desk.bring("client", columns, rows) for one in row.parts} == {
        "duplicate", "refused",
    }  # fmt: skip
    assert await desk.live() == before
    visits = ("client:phones", "entered_at", "membership")
    done = await desk.bring(
        "fitness.visit", visits, [("+79161112244", "02.02.2026", None), ("+79998887766", None, None)]
    )
    assert outcomes(done) == ["created", "refused"]


async def test_tasks_products_and_what_hangs_on_deals_are_lists_too(desk: PartsDesk) -> None:
    await desk.bring("product", ("name", "code", "price"), [("Окно", "A-1", 100), ("Дверь", None, 200)])
    done = await desk.bring(
        "product", ("name", "code", "price"),
        [("Окно большое", "A-1", 150), ("дверь", None, 250), ("Дверь", "D-2", 300), *[("Порог", None, 1)] * 2],
        mode="overwrite",
    )  # fmt: skip
    assert outcomes(done) == ["updated", "updated", "updated", "created", "unchanged"]
    assert [(row["name"], row["code"]) for row in await desk.rows("product")] == [
        ("Окно большое", "A-1"), ("Дверь", "D-2"), ("Порог", None),
    ]  # fmt: skip
    done = await desk.bring(
        "task", ("title", "due_at", "client", "deal:title"),
        [("Позвонить", "01.09.2026", "Анна Иванова", "Ремонт"), ("Отчёт", "02.09.2026", None, None)],
    )  # fmt: skip
    assert outcomes(done) == ["created", "created"]
    (anna,), (deal,) = await desk.rows("client"), await desk.rows("deal")
    tasks = await desk.rows("task")
    assert [(row["client"], row["deal"], row["cause"]) for row in tasks] == [
        (anna["id"], deal["id"], "import"), (None, None, "import"),
    ]  # fmt: skip
    done = await desk.bring("deal_line", ("deal:title", "deal:client", "product", "quantity"),
                            [("Ремонт", "Анна Иванова", "Дверь", 2)])  # fmt: skip
    assert outcomes(done) == ["created"]
    assert (await desk.row("deal", deal["id"]))["amount"] == Money(60_000, "RUB")


async def test_the_tax_number_tells_a_firm_and_chosen_keys_go_before_the_usual_ones(desk: PartsDesk) -> None:
    firm = await desk.client("ООО «Ромашка»", tax_number="0277072661", kind="company")
    columns = ("name", "tax_number", "phones")
    done = await desk.bring("client", columns, [("Ромашка", 277072661, None), ("Лютик", "7707083893", None)])
    assert (outcomes(done), done[0].record) == (["duplicate", "created"], firm)
    await desk.client("Анна Иванова", phones=["+79161112233"], birthday=date(1990, 2, 1))
    rows = [
        ("Иванова Мария", "89161112233", "05.05.2015"),
        ("анна иванова", "89161119999", "01.02.1990"),
        ("Анна Иванова", None, "01.02.1990"),
        ("Новая Нина", None, "01.02.1990"),
        ("Новая нина", "89161110000", "01.02.1990"),
    ]
    done = await desk.bring("client", ("name", "phones", "birthday"), rows, keys=("name", "birthday"))
    assert outcomes(done) == ["created", "duplicate", "duplicate", "created", "duplicate"]


async def test_two_keys_that_mean_two_records_are_left_to_somebody(desk: PartsDesk) -> None:
    anna = await desk.client("Анна", phones=["+79161112233"])
    boris = await desk.client("Борис", emails=["b@b.ru"])
    columns = ("name", "phones", "emails", "deal:amount")
    (one,) = await desk.bring("client", columns, [("Кто", "89161112233", "b@b.ru", 100)], mode="overwrite")
    assert (one.outcome, one.candidates) == ("review", (anna, boris))
    assert (await desk.rows("deal"), len(await desk.rows("client"))) == ([], 2)


async def test_an_archived_record_is_offered_and_does_not_stand_in_the_way(desk: PartsDesk) -> None:
    client = await desk.client("Анна", phones=["+79161112233"])
    await desk.do("client.archive", record=client)
    (one,) = await desk.bring("client", ("name", "phones"), [("Анна", "89161112233")])
    assert outcomes([one]) == ["created"]
    assert [(issue.code, issue.values["record"]) for issue in one.row.issues] == [
        ("ARCHIVED", f"client_{client}")
    ]


async def test_every_part_needs_its_own_rights_and_tells_nothing_hidden(desk: PartsDesk) -> None:
    anna, boris = await desk.colleague("Anna", "manager"), await desk.colleague("Boris", "manager")
    hers = await desk.client("Тайный Клиент", phones=["+79161112233"], by=anna)
    columns = ("title", "amount", "client:phones", "client")
    rows = [("Окна", 100, "89161112233", "Кто-то"), ("Двери", 200, None, "Тайный Клиент")]
    done = await desk.bring("deal", columns, rows, by=boris)
    assert outcomes(done) == ["created", "created"]
    assert [told(one) for one in done] == [[], []]
    assert hers not in {row["client"] for row in await desk.rows("deal")}
    assert [row["owner"] for row in await desk.rows("client")][1:] == [boris.user, boris.user]
    trainer = await desk.colleague("Tanya", "trainer")
    with pytest.raises(NotAllowed):
        await desk.bring("client", ("name", "deal:amount"), [("Анна", 1)], by=trainer)


async def test_undoing_takes_all_parts_back_and_keeps_what_people_changed(desk: PartsDesk) -> None:
    anna = await desk.client("Анна Иванова", phones=["+79161112233"], city="Тула", position="тренер")
    made = {"client": anna, "title": "Ремонт", "external_id": "R-1", "amount": 10}
    deal = (await desk.do("deal.create", values=made)).id
    before = await desk.live(), await desk.row("client", anna), await desk.row("deal", deal)
    columns = (
        "name", "phones", "city", "position", "tags", "deal:external_id", "deal:title", "deal:amount", "deal:stage",
        "interaction:at", "interaction:text", "task:title",
    )  # fmt: skip
    rows = [
        (
            "Анна Иванова",
            "89161112233",
            "Москва",
            "юрист",
            "vip",
            "R-1",
            None,
            500,
            "Предложение",
            None,
            "Да",
            None,
        ),
        (
            "Пётр Орлов",
            "89161112244",
            None,
            None,
            "vip; новый",
            None,
            "Окна",
            900,
            "Успешно",
            "01.02.2026",
            None,
            "Звонок",
        ),
    ]
    async with desk.app.unit_of_work(SYSTEM) as work:
        batch = await work.open_batch()
    done = await desk.bring("client", columns, rows, mode="overwrite", batch=batch)
    assert outcomes(done) == ["updated", "created"]
    grown = await desk.live()
    assert {key for key, number in grown.items() if number > before[0][key]} >= {
        "client", "contact_point", "deal", "interaction", "task", "tag", "client_tag", "stage_change",
    }  # fmt: skip
    assert [row["cause"] for row in await desk.rows("task")] == ["stage", "import"]
    await desk.do("client.update", record=anna, values={"city": "Пермь"})
    await desk.do("deal.update", record=deal, values={"amount": 700})
    undone = await desk.undo(batch)
    assert {(one.entity, one.record, one.paths) for one in undone.kept} == {
        ("client", anna, ("city",)), ("deal", deal, ("amount",)),
    }  # fmt: skip
    assert await desk.live() == before[0]
    after = await desk.row("client", anna), await desk.row("deal", deal)
    assert (after[0]["city"], after[0]["position"]) == ("Пермь", "тренер")
    assert (after[1]["amount"], after[1]["stage"]) == (Money(70_000, "RUB"), before[2]["stage"])


async def test_whoever_says_which_record_a_row_means_is_followed(desk: PartsDesk) -> None:
    ids = [await desk.client("Иван Сидоров") for _ in range(2)]
    columns = ("title", "client", "client:city")
    rows = [("Балкон", "Иван Сидоров", "Тула"), ("Лоджия", "Иван Сидоров", None)]
    assert outcomes(await desk.bring("deal", columns, rows)) == ["review", "review"]
    choices = {2: {"client": ids[1]}, 3: {"client": NEW}}
    done = await desk.bring("deal", columns, rows, mode="fill", choices=choices)
    assert (outcomes(done), of_parts(done[0])) == (["created", "created"], {"client": "updated"})
    deals = await desk.rows("deal")
    assert deals[0]["client"] == ids[1]
    assert deals[1]["client"] not in ids
    assert [row["city"] for row in await desk.rows("client")] == [None, "Тула", None]
    anna = await desk.client("Анна", phones=["+79161112233"])
    boris = await desk.client("Борис", emails=["b@b.ru"])
    row = ("Кто", "89161112233", "b@b.ru", "Тверь")
    done = await desk.bring(
        "client", ("name", "phones", "emails", "city"), [row], mode="fill", choices={2: {"": boris}}
    )
    assert (outcomes(done), done[0].record) == (["updated"], boris)
    assert [(await desk.row("client", one))["city"] for one in (anna, boris)] == [None, "Тверь"]


async def test_a_strict_list_refuses_rows_with_cells_that_cannot_be_read(desk: PartsDesk) -> None:
    rows = [("Анна", "31.02.1990", "Никто"), ("Борис", "01.02.1990", None), ("Вера", None, "Никто")]
    columns = ("name", "birthday", "owner")
    assert outcomes(await desk.bring("client", columns, rows, strict=True)) == [
        "refused",
        "created",
        "refused",
    ]
    assert outcomes(await desk.bring("client", columns, rows)) == ["created"] * 3


async def test_an_import_that_goes_on_takes_none_of_its_own_deals_for_those_of_other_rows(
    desk: PartsDesk,
) -> None:
    plan = ImportPlan((SheetPlan("Sheet", 1, 1, "deal", ()),))
    number = await desk.opened(plan)
    columns, row = ("client:name", "title"), ("Анна Иванова", "Окна")
    origin = Origin(number, "f" * 64)
    first = await desk.bring("deal", columns, [row], origin=origin)
    await desk.keep(number, first)
    again = await desk.bring("deal", columns, [row], origin=origin)
    assert outcomes(again) == ["created"]
    other = Origin(await desk.opened(plan), "f" * 64)
    assert outcomes(await desk.bring("deal", columns, [row, row], origin=other)) == ["duplicate", "duplicate"]


async def test_a_file_of_several_things_comes_in_once_and_goes_as_a_whole(
    desk: PartsDesk, tmp_path: Path
) -> None:
    office = ImportDesk(desk.app)
    ivan, _ = [await desk.client("Иван Сидоров") for _ in range(2)]
    before = await desk.live()
    path = write_list(
        tmp_path / "Сделки.xlsx",
        [
            ("Клиент", "Название сделки", "Сумма", "Этап", "Город клиента"),
            ("Анна Иванова", "Окна", "12 500", "Предложение", "Тула"),
            ("Анна Иванова", "Окна", "12 500", "Оплата", None),
            ("Иван Сидоров", "Двери", 900, None, None),
        ],
    )
    done = await office.bring_in(path, entity="deal")
    assert (done["rows_created"], done["rows_review"]) == (2, 1)
    again = await office.bring_in(path, entity="deal", duplicates="overwrite")
    assert (again["rows_created"], again["rows_updated"], again["rows_review"]) == (0, 0, 1)
    assert len(await desk.rows("deal")) == 2
    (row,) = await desk.rows("import_row", {"origin": {"id": {"eq": done["id"]}}, "row": {"eq": 2}})
    anna = (await desk.rows("client"))[-1]
    assert (row["client"], anna["city"]) == (anna["id"], "Тула")
    said = {"row": 4, "choice": "take", "part": "client", "record": f"client_{ivan}"}
    await desk.do("import.settle", done=done["id"], rows=[said])
    await desk.app.jobs.run_due()
    assert [row["client"] for row in await desk.rows("deal")] == [anna["id"], anna["id"], ivan]
    settled = await desk.row("import", done["id"])
    assert (settled["rows_created"], settled["rows_review"]) == (3, 0)
    await desk.do("import.undo", done=done["id"])
    await desk.app.jobs.run_due()
    after = await desk.live()
    assert {key: number for key, number in after.items() if number != before[key]} == {"file": 2, "import": 2}
