"""What a list means beyond its cells: owners, counted numbers, names of groups, the same list once more."""

from pathlib import Path
from typing import Any

import pytest
from import_desk import ImportDesk, counts, write_list

from cardfile.app import App
from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.imports import ImportCounts, run_import
from cardfile.imports.wordy_numbers import wordy_number
from cardfile.model.fields import Field, Kind
from cardfile.rights import Actor
from cardfile.settings import Settings

pytestmark = pytest.mark.anyio

HEADER = ("ФИО", "Телефон", "Посещений в неделю", "Менеджер")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path / "data", plugins=("fitness",), worker=False)


@pytest.fixture
def desk(app: App) -> ImportDesk:
    return ImportDesk(app)


def a_list(path: Path, *rows: tuple[Any, ...]) -> Path:
    return write_list(path / "list.xlsx", [HEADER, *rows])


async def test_an_owner_out_of_reach_is_refused_before_anything_is_imported(
    desk: ImportDesk, tmp_path: Path
) -> None:
    ann, boris = await desk.colleague("Ann", "manager"), await desk.colleague("Boris", "manager")
    path = a_list(tmp_path, ("Анна", "89161234501", 2, None))
    with pytest.raises(NotAllowed, match="cannot go to somebody outside of your own reach") as refusal:
        await desk.bring_in(path, by=ann, owner=boris.user)
    assert refusal.value.path == ("owner",)
    assert await desk.rows("import") == []
    done = await desk.bring_in(path, by=ann, owner=ann.user)
    assert counts(done) == {"read": 1, "created": 1}


async def test_an_import_fails_as_a_whole_when_its_owner_went_out_of_reach_meanwhile(
    desk: ImportDesk, tmp_path: Path
) -> None:
    boss, boris = await desk.colleague("Boss", "manager", "head"), await desk.colleague("Boris", "manager")
    team = await desk.do("team.create", values={"name": "Sales", "head": boss.user})
    await desk.do("team.add_member", team=team.id, member=boris.user)
    boss = await _again(desk, boss)
    file = await desk.upload(a_list(tmp_path, ("Анна", "89161234501", 2, None)), by=boss)
    made = await desk.do("import.start", by=boss, file=file, owner=boris.user)
    await desk.do("team.remove_member", team=team.id, member=boris.user)
    await desk.app.jobs.run_due()
    row = await desk.row("import", made.id)
    assert row["state"] == "failed"
    assert "outside of your own reach" in row["error"]
    assert await desk.rows("client") == []


async def _again(desk: ImportDesk, person: Actor) -> Actor:
    assert person.user is not None
    found = await desk.app.access.actor(person.user)
    assert found is not None
    return found


async def test_a_name_of_nobody_says_who_gets_the_records(desk: ImportDesk, tmp_path: Path) -> None:
    ann = await desk.colleague("Ann", "owner")
    boris = await desk.colleague("Boris Ivanov", "manager", login="boris@example.com")
    other = await desk.colleague("Ivan Ivanov", login="ivan@example.com")
    path = a_list(
        tmp_path,
        ("Анна", "89161234501", 2, "Сидоров"),
        ("Пётр", "89161234502", 2, "Сидоров"),
        ("Олег", "89161234503", 2, "Ivanov"),
        ("Глеб", "89161234504", 2, "Boris Ivanov"),
    )
    done = await desk.bring_in(path, by=ann)
    assert await desk.issues(done["id"], by=ann) == [
        ("D2", "Сидоров is nobody known here: new records of all such rows go to Ann."),
        (
            "D4",
            "Ivanov may mean several, so new records of all such rows go to Ann: "
            "write the whole name or the e-mail.",
        ),
    ]
    owners = [row["owner"] for row in await desk.rows("client")]
    assert owners == [ann.user, ann.user, ann.user, boris.user]
    seen = await desk.do("import.preview", by=ann, file=await desk.upload(path, by=ann), duplicates="create")
    assert "go to Ann" in seen.rows[0].issues[0]
    (tmp_path / "more").mkdir()
    path = a_list(tmp_path / "more", ("Вера", "89161234507", 2, "Сидоров"))
    done = await desk.bring_in(path, by=ann, owner=other.user)
    assert "go to Ivan Ivanov" in (await desk.issues(done["id"], by=ann))[0][1]


PER_WEEK = Field(
    "visits", {"en": "Visits", "ru": "Посещений"}, Kind.INTEGER, synonyms=("раз в неделю", "visits per week")
)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("3 раза", 3),
        ("1 раз в неделю", 1),
        ("3р/нед", 3),
        ("2х", 2),
        ("4 times a week", 4),
        ("12 посещений", 12),
    ],
)
def test_a_counted_number_is_read_without_a_word(cell: str, number: int) -> None:
    assert wordy_number(cell, PER_WEEK) == (number, None)


def test_a_number_with_other_words_is_read_and_told() -> None:
    found = wordy_number("5 как получится", PER_WEEK)
    assert found is not None
    number, note = found
    assert (number, str(note)) == (5, "5 как получится was read as 5.")


@pytest.mark.parametrize(
    "cell", ["2-3", "2–3 раза в неделю", "от 2 до 3", "2 или 3", "2/3 раза", "1..2 times a week"]
)
def test_a_range_is_no_number(cell: str) -> None:
    with pytest.raises(InvalidInput, match="is a range, and"):
        wordy_number(cell, PER_WEEK)


@pytest.mark.parametrize("cell", ["3 раза в месяц", "100 посещений в год", "2 times a day"])
def test_a_number_by_another_period_is_not_taken(cell: str) -> None:
    with pytest.raises(InvalidInput, match="is not counted as Visits is"):
        wordy_number(cell, PER_WEEK)


@pytest.mark.parametrize("cell", ["раз в неделю", "много", "1 раз в 2 недели", "-3 раза", 3, None])
def test_what_is_no_number_with_words_is_left_to_others(cell: Any) -> None:
    assert wordy_number(cell, PER_WEEK) is None


async def test_visits_a_week_are_read_from_what_people_write(desk: ImportDesk, tmp_path: Path) -> None:
    path = a_list(
        tmp_path,
        ("Анна Иванова", "89161234501", "3 раза", None),
        ("Пётр Петров", "89161234502", "2-3", None),
        ("Олег Смирнов", "89161234503", "2–3 раза в неделю", None),
        ("Глеб Кузнецов", "89161234504", 4, None),
    )
    done = await desk.bring_in(path)
    assert counts(done) == {"read": 4, "created": 4}
    rows = await desk.rows("client")
    assert [row["fitness.expected_visits_per_week"] for row in rows] == [3, None, None, 4]
    says = "is a range, and Visits planned per week takes one number: the field is left as it is."
    assert await desk.issues(done["id"]) == [("C3", f"2-3 {says}"), ("C4", f"2–3 раза в неделю {says}")]


async def test_the_name_of_a_group_is_no_client_and_is_told(desk: ImportDesk, tmp_path: Path) -> None:
    path = a_list(
        tmp_path,
        ("Постоянные клиенты", None, None, None),
        ("Анна Иванова", "89161234501", 3, None),
        ("Пётр Петров", "89161234502", 2, None),
        ("VIP", None, None, None),
        ("Олег Смирнов", "89161234503", 2, None),
        ("Кузнецова Мария", None, None, None),
        ("ООО «Ромашка»", None, None, None),
    )
    seen = await desk.do("import.preview", file=await desk.upload(path))
    assert [(one.row, one.outcome) for one in seen.rows if one.outcome != "created"] == [
        (2, "skipped"),
        (5, "skipped"),
    ]
    assert (seen.created, seen.counted) == (5, 5)
    done = await desk.bring_in(path)
    assert counts(done) == {"read": 5, "created": 5}
    assert done["ignored_asides"] == 2
    says = "stands alone in its row and was taken for the name of a group: nothing was made of it."
    assert await desk.issues(done["id"]) == [("A2", f"Постоянные клиенты {says}"), ("A5", f"VIP {says}")]
    assert (await desk.outcomes(done["id"]))[2] == "skipped"


async def test_lone_names_in_a_list_of_little_else_are_clients(desk: ImportDesk, tmp_path: Path) -> None:
    path = a_list(
        tmp_path,
        ("Ромашка", None, None, None),
        ("Василёк", "89161234501", None, None),
        ("Лютик", None, None, None),
        ("Астра", "89161234502", None, None),
    )
    assert counts(await desk.bring_in(path)) == {"read": 4, "created": 4}


async def test_the_same_list_goes_on_instead_of_beginning_a_second_time(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path = a_list(tmp_path, ("Анна Иванова", "89161234501", 3, None))
    first = await desk.do("import.start", file=await desk.upload(path), duplicates="create")
    again = await desk.do("import.start", file=await desk.upload(path), duplicates="create")
    assert again.id == first.id
    assert len(await desk.rows("import")) == 1
    await desk.app.jobs.run_due()
    assert len(await desk.rows("client")) == 1
    third = await desk.do("import.start", file=await desk.upload(path), duplicates="create")
    assert third.id != first.id  # the first one is over


async def test_an_import_of_which_no_job_is_left_gets_one_when_it_is_started_again(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path = a_list(tmp_path, ("Анна Иванова", "89161234501", 3, None))
    made = await desk.do("import.start", file=await desk.upload(path))
    await desk.do("import.start", file=await desk.upload(path))
    assert len(await _jobs(desk)) == 1
    await desk.app.database.run(_all_dead())
    await desk.do("import.start", file=await desk.upload(path))
    await desk.app.jobs.run_due()
    assert counts(await desk.row("import", made.id)) == {"read": 1, "created": 1}


async def _jobs(desk: ImportDesk) -> list[dict[str, Any]]:
    from cardfile.jobs.tables import Job  # noqa: PLC0415

    return list(await desk.app.database.run(Job.select(Job.id).where(Job.kind == "run_import")))


def _all_dead() -> Any:
    from cardfile.jobs.tables import Job, State  # noqa: PLC0415

    return Job.update({Job.state: State.DEAD.value}).where(Job.kind == "run_import")


async def test_other_choices_for_a_list_whose_import_waits_are_refused(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path = a_list(tmp_path, ("Анна Иванова", "89161234501", 3, None))
    made = await desk.do("import.start", file=await desk.upload(path))
    with pytest.raises(Refused, match=rf"Import {made.id} of this list is not over and was begun with other"):
        await desk.do("import.start", file=await desk.upload(path), duplicates="create")
    with pytest.raises(Refused, match="begin with the same ones"):
        await desk.do("import.start", file=await desk.upload(path), mapping={"Менеджер": None})
    await desk.do("import.cancel", started=made.id)
    await desk.do("import.start", file=await desk.upload(path), duplicates="create")


async def test_two_people_may_import_the_same_list(desk: ImportDesk, tmp_path: Path) -> None:
    ann, boris = await desk.colleague("Ann", "manager"), await desk.colleague("Boris", "manager")
    path = a_list(tmp_path, ("Анна Иванова", "89161234501", 3, None))
    made = [
        await desk.do("import.start", by=one, file=await desk.upload(path, by=one)) for one in (ann, boris)
    ]
    assert made[0].id != made[1].id


async def test_more_names_than_one_statement_reads_are_all_known(desk: ImportDesk, tmp_path: Path) -> None:
    for number in range(2_050):
        await desk.do("user.create", values={"name": f"Worker {number}", "login": f"w{number}@example.com"})
    path = a_list(tmp_path, ("Анна", "89161234501", 2, "Worker 2049"))
    done = await desk.bring_in(path)
    assert await desk.issues(done["id"]) == []


async def test_an_import_says_what_it_did_when_it_is_run_again(desk: ImportDesk, tmp_path: Path) -> None:
    done = await desk.bring_in(a_list(tmp_path, ("VIP", None, None, None), ("Анна", "89161234501", 2, None)))
    assert (await run_import(desk.app, done["id"])) == ImportCounts.of(done)
