"""Messy lists come in right: every row accounted for, nothing twice, all of it undone if wished."""

from datetime import date
from pathlib import Path

import pytest
from import_desk import HEADER, MESSY, ImportDesk, counts, write_list

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import FileRefused, InvalidInput, NotAllowed, Refused
from cardfile.settings import Settings

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
async def desk(app: App) -> ImportDesk:
    desk = ImportDesk(app)
    await desk.colleague("Ольга Белова", "manager", login="olga@example.com")
    await desk.colleague("Пётр Головин", "head", login="petr.chef@example.com")
    return desk


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    return write_list(tmp_path / "Клиенты.xlsx", MESSY)


async def test_a_messy_list_becomes_clients_with_the_club_s_fields(desk: ImportDesk, messy: Path) -> None:
    done = await desk.bring_in(messy)
    assert counts(done) == {"read": 7, "created": 5, "duplicate": 1, "refused": 1}
    assert (done["state"], done["sheet"], done["header_row"]) == ("done", "Клиенты", 4)
    assert (done["ignored_headers"], done["ignored_totals"], done["ignored_blank"]) == (1, 1, 2)
    assert await desk.outcomes(done["id"]) == {
        5: "created", 6: "created", 8: "created", 9: "created", 10: "refused", 12: "duplicate", 13: "created",
    }  # fmt: skip
    anna, petr, firm, maria, ivan = await desk.rows("client")
    assert (anna["last_name"], anna["first_name"], anna["middle_name"]) == ("Иванова", "Анна", "Петровна")
    assert (anna["birthday"], anna["fitness.goal"]) == (date(1984, 3, 5), "weight")
    assert (anna["fitness.card_number"], anna["fitness.joined_on"]) == ("1001", date(2020, 1, 15))
    assert anna["fitness.paid_until"] == date(2024, 11, 5)
    assert (petr["birthday"], petr["fitness.goal"]) == (date(1990, 2, 1), "strength")
    assert (petr["fitness.card_number"], petr["fitness.joined_on"]) == ("1002", date(2021, 6, 15))
    assert (firm["kind"], firm["name"], maria["birthday"], maria["fitness.goal"]) == (
        "company", "ООО «Ромашка»", None, None,
    )  # fmt: skip
    assert await desk.of("contact_point", anna["id"], "value") == ["+79161112233", "anna@example.ru"]
    assert await desk.of("contact_point", petr["id"], "value") == ["+79262223344"]
    assert await desk.of("contact_point", firm["id"], "value", "extension", "is_primary") == [
        ("+74951234567", "12", True), ("+79030001122", None, False), ("info@romashka.ru", None, True),
    ]  # fmt: skip
    assert await desk.of("contact_point", ivan["id"], "value") == ["+79057778899"]
    people = {row["id"]: row["login"] for row in await desk.rows("user")}
    assert [people.get(one["owner"]) for one in (anna, petr, firm)] == [
        "olga@example.com", "petr.chef@example.com", None,
    ]  # fmt: skip
    assert [row["name"] for row in await desk.rows("tag")] == ["vip", "новый"]
    assert len(await desk.of("client_tag", petr["id"], "tag")) == 2


async def test_whatever_was_left_out_is_told_with_the_address_of_its_cell(
    desk: ImportDesk, messy: Path
) -> None:
    done = await desk.bring_in(messy)
    told = dict(await desk.issues(done["id"]))
    assert sorted(told) == ["10", "12", "C13", "E9", "F9", "I8"]
    assert "Кто-то Другой" in told["I8"]
    assert "31.02.1990" in told["E9"]
    assert "5" in told["12"]


async def test_the_same_list_again_creates_nobody(desk: ImportDesk, messy: Path) -> None:
    await desk.bring_in(messy)
    for mode in ("skip", "fill", "overwrite"):
        again = await desk.bring_in(messy, duplicates=mode)
        assert again["rows_created"] == 0, mode
        assert again["rows_read"] == 7
    assert len(await desk.rows("client")) == 5


async def test_a_row_without_contacts_is_known_by_its_place_in_the_same_file(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path = write_list(
        tmp_path / "a.xlsx", [("ФИО", "Город"), ("Анна Иванова", "Москва"), ("Пётр Орлов", "Тула")]
    )
    first = await desk.bring_in(path)
    assert counts(first) == {"read": 2, "created": 2}
    assert counts(await desk.bring_in(path)) == {"read": 2, "duplicate": 2}
    await desk.do("import.undo", done=first["id"])
    assert counts(await desk.bring_in(path)) == {"read": 2, "created": 2}


async def test_filling_takes_only_what_is_empty_and_overwriting_takes_all(
    desk: ImportDesk, tmp_path: Path
) -> None:
    client = await desk.client("Анна Иванова", phones=["+79161112233"], city="Тула", comment="старый")
    rows = [
        ("ФИО", "Телефон", "Почта", "Город", "Цель"),
        ("Анна Иванова", "89161112233", "a@b.ru", "Москва", "сила"),
    ]
    path = write_list(tmp_path / "a.xlsx", rows)
    assert counts(await desk.bring_in(path, duplicates="fill")) == {"read": 1, "updated": 1}
    filled = await desk.row("client", client)
    assert (filled["city"], filled["fitness.goal"], filled["comment"]) == ("Тула", "strength", "старый")
    assert await desk.of("contact_point", client, "value") == ["+79161112233", "a@b.ru"]
    over = await desk.bring_in(path, duplicates="overwrite")
    assert counts(over) == {"read": 1, "updated": 1}
    assert (await desk.row("client", client))["city"] == "Москва"
    assert counts(await desk.bring_in(path, duplicates="overwrite")) == {"read": 1, "unchanged": 1}


async def test_undoing_restores_counts_and_values_and_keeps_later_edits(
    desk: ImportDesk, tmp_path: Path
) -> None:
    ann = await desk.client("Анна Иванова", phones=["+79161112233"], city="Тула", position="тренер")
    ben = await desk.client("Борис Орлов", phones=["+79161112244"], city="Тула")
    before = [await desk.row("client", one) for one in (ann, ben)]
    rows = [
        ("ФИО", "Телефон", "Город", "Должность", "Почта", "Цель"),
        ("Анна Иванова", "89161112233", "Москва", "юрист", "a@b.ru", "сила"),
        ("Борис Орлов", "89161112244", "Москва", "врач", "b@b.ru", None),
        ("Вера Новая", "89161112255", "Пермь", None, None, None),
    ]
    done = await desk.bring_in(write_list(tmp_path / "a.xlsx", rows), duplicates="overwrite")
    assert counts(done) == {"read": 3, "created": 1, "updated": 2}
    await desk.do("client.update", record=ann, values={"position": "директор"})
    undone = await desk.do("import.undo", done=done["id"])
    assert (undone.archived, undone.restored) == (1, 2)
    assert [(one.name, one.fields) for one in undone.kept] == [("Анна Иванова", ["position"])]
    after = [await desk.row("client", one) for one in (ann, ben)]
    kept = ("city", "position", "name", "fitness.goal")
    assert [after[1][key] for key in kept] == [before[1][key] for key in kept]
    assert [after[0][key] for key in ("city", "position", "fitness.goal")] == ["Тула", "директор", None]
    assert await desk.of("contact_point", ann, "value") == ["+79161112233"]
    assert len(await desk.rows("client")) == 2
    assert (await desk.row("import", done["id"]))["state"] == "undone"
    with pytest.raises(Refused, match="undone already"):
        await desk.do("import.undo", done=done["id"])


async def test_a_row_that_fits_two_clients_changes_neither(desk: ImportDesk, tmp_path: Path) -> None:
    await desk.client("Анна", phones=["+79161112233"])
    await desk.client("Борис", emails=["b@b.ru"])
    rows = [("ФИО", "Телефон", "Почта", "Город"), ("Кто это", "89161112233", "b@b.ru", "Москва")]
    done = await desk.bring_in(write_list(tmp_path / "a.xlsx", rows), duplicates="overwrite")
    assert (done["rows_read"], done["rows_review"]) == (1, 1)
    assert [row["city"] for row in await desk.rows("client")] == [None, None]
    assert [address for address, _ in await desk.issues(done["id"])] == ["2"]


async def test_an_archived_client_does_not_stand_in_the_way(desk: ImportDesk, tmp_path: Path) -> None:
    client = await desk.client("Анна", phones=["+79161112233"])
    await desk.do("client.archive", record=client)
    path = write_list(tmp_path / "a.xlsx", [("ФИО", "Телефон"), ("Анна", "89161112233")])
    assert counts(await desk.bring_in(path)) == {"read": 1, "created": 1}


async def test_a_list_of_numbers_does_not_tell_which_are_of_a_colleague_s_clients(
    desk: ImportDesk, tmp_path: Path
) -> None:
    anna = await desk.colleague("Anna", "manager")
    boris = await desk.colleague("Boris", "manager")
    hers = await desk.client("Тайный Клиент", phones=["+79161112233"], by=anna)
    rows = [
        ("ФИО", "Телефон", "Город"),
        ("Кто-то", "89161112233", "Москва"),
        ("Новый", "89161112299", "Тула"),
    ]
    path = write_list(tmp_path / "a.xlsx", rows)
    done = await desk.bring_in(path, by=boris, duplicates="overwrite")
    assert counts(done) == {"read": 2, "created": 2}
    assert (await desk.row("client", hers))["city"] is None
    assert await desk.issues(done["id"], by=boris) == []
    mine = await desk.rows("client", by=boris)
    assert [one["owner"] for one in mine] == [boris.user, boris.user]


async def test_who_may_not_import_is_refused(desk: ImportDesk, messy: Path) -> None:
    analyst = await desk.colleague("Alisa", "analyst")
    with pytest.raises(NotAllowed):
        await desk.bring_in(messy, by=analyst)


async def test_a_hook_that_refuses_one_row_does_not_take_the_others_with_it(
    desk: ImportDesk, tmp_path: Path
) -> None:
    rows = [("ФИО", "Телефон", "Часовой пояс")]
    rows += [
        (f"Клиент {n}", f"8916000{n:04d}", "Нигде/Никак" if n == 7 else "Europe/Moscow") for n in range(20)
    ]
    done = await desk.bring_in(write_list(tmp_path / "a.xlsx", rows))
    assert counts(done) == {"read": 20, "created": 19, "refused": 1}
    assert (await desk.outcomes(done["id"]))[9] == "refused"
    assert [address for address, _ in await desk.issues(done["id"])] == ["9"]


async def test_a_chosen_mapping_wins_and_an_unknown_field_is_refused(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path = write_list(
        tmp_path / "a.xlsx", [("Кто", "Куда звонить", "Зачем"), ("Анна", "89161112233", "сила")]
    )
    mapping = {"Кто": "name", "C": "Цель занятий", "Куда звонить": None}
    done = await desk.bring_in(path, mapping=mapping)
    assert counts(done) == {"read": 1, "created": 1}
    (anna,) = await desk.rows("client")
    assert (anna["name"], anna["fitness.goal"]) == ("Анна", "strength")
    assert await desk.of("contact_point", anna["id"], "value") == []
    with pytest.raises(InvalidInput, match=r"fitness\.goal"):
        await desk.bring_in(path, mapping={"Зачем": "fitness.gaol"})
    with pytest.raises(InvalidInput, match="Куда звонить"):
        await desk.bring_in(path, mapping={"Почём": "name"})


async def test_the_preview_says_how_a_list_is_understood_and_writes_nothing(
    desk: ImportDesk, messy: Path
) -> None:
    seen = await desk.do("import.preview", file=await desk.upload(messy))
    assert {one.name: one.field for one in seen.columns} == {
        "№": None, "ФИО": "name", "Телефон": "phones", "Почта": "emails", "Дата рождения": "birthday",
        "Цель": "fitness.goal", "Номер карты": "fitness.card_number", "В клубе с": "fitness.joined_on",
        "Менеджер": "owner", "Метки": "tags", "Дата окончания": "fitness.paid_until",
    }  # fmt: skip
    assert (seen.sheet, seen.header_row, seen.counted) == ("Клиенты", 4, 7)
    assert (seen.created, seen.duplicate, seen.refused) == (5, 1, 1)
    cells = {one.field: one.text for one in seen.rows[0].cells}
    assert (cells["birthday"], cells["owner"]) == ("1984-03-05", "Ольга Белова")
    assert await desk.rows("client") == []
    assert await desk.rows("import") == []


async def test_a_table_that_a_program_wrote_is_read_with_its_floats_and_tags(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        ",ФИО,Телефон,Теги\n0,Панда Один,79035559911.0,VIP\n1,Панда Два,9035559912.0,VIP; утро\n", "utf-8"
    )
    await desk.bring_in(path)
    assert {row["value"] for row in await desk.rows("contact_point")} == {"+79035559911", "+79035559912"}
    assert len(await desk.rows("client_tag")) == 3


async def test_a_list_without_rows_and_a_file_that_is_no_list_are_told_at_once(
    desk: ImportDesk, tmp_path: Path
) -> None:
    with pytest.raises(FileRefused):
        await desk.bring_in(write_list(tmp_path / "empty.xlsx", []))
    program = tmp_path / "list.xlsx"
    program.write_bytes(b"MZ\x90\x00" + b"\x00" * 500)
    with pytest.raises(FileRefused, match="Windows program"):
        await desk.bring_in(program)
    with pytest.raises(InvalidInput, match="No column"):
        await desk.bring_in(write_list(tmp_path / "b.xlsx", [("Цвет", "Вес"), ("красный", 5), ("синий", 6)]))


async def test_an_import_that_waits_is_cancelled_and_then_never_runs(desk: ImportDesk, messy: Path) -> None:
    made = await desk.do("import.start", file=await desk.upload(messy))
    await desk.do("import.cancel", started=made.id)
    await desk.app.jobs.run_due()
    assert (await desk.row("import", made.id))["state"] == "cancelled"
    assert await desk.rows("client") == []


async def test_two_digit_years_are_read_from_the_day_of_the_import(
    desk: ImportDesk, clock: MovableClock, tmp_path: Path
) -> None:
    rows = [
        (*HEADER[:5],),
        (1, "Анна", "89161112233", None, "05.03.24"),
        (2, "Борис", "89161112234", None, "05.03.60"),
    ]
    await desk.bring_in(write_list(tmp_path / "a.xlsx", rows))
    assert [row["birthday"] for row in await desk.rows("client")] == [date(2024, 3, 5), date(1960, 3, 5)]
    assert clock.now().year == 2026
