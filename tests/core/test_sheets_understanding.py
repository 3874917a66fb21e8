"""What a list means: its header, the kinds of its rows, and which column is which field."""

import datetime as dt
from collections.abc import Sequence

import pytest

from cardfile.imports.mapping import ColumnMatch, Guess, Reason, Target, known_words, propose_mapping
from cardfile.imports.proposals import Proposal
from cardfile.spreadsheets.cells import Cell, MergedRange, Row
from cardfile.spreadsheets.headers import Header, find_header, fingerprint, header_at
from cardfile.spreadsheets.looks import Look, look_of
from cardfile.spreadsheets.row_kinds import RowKind, RowSorter
from cardfile.values.text import fold_key

NAME = Target(("name",), ("Name", "Имя"), ("фио", "клиент", "full name", "наименование"))
PHONES = Target(
    ("phones",), ("Phone", "Телефон"), ("тел", "моб телефон", "mobile"), "phone", takes_several=True
)
EMAILS = Target(("emails",), ("E-mail", "Почта"), ("email", "эл почта"), "email", takes_several=True)
CITY = Target(("city",), ("City", "Город"))
OWNER = Target(("owner",), ("Manager", "Менеджер"), ("ответственный",), "user")
GOAL = Target(("fitness", "goal"), ("Goal", "Цель"), ("цель тренировок",), "choice")
BORN = Target(("fitness", "born"), ("Birthday", "Дата рождения"), ("др",), "date")
VISIT = Target(("fitness", "last_visit"), ("Last visit", "Последний визит"), ("посл визит",), "date")
TARGETS = (NAME, PHONES, EMAILS, CITY, OWNER, GOAL, BORN, VISIT)
WORDS = known_words(TARGETS)


def rows(*lines: Sequence[Cell] | None, first: int = 1) -> list[Row]:
    """Rows as the reader gives them: None stands for a blank one, which has a number and nothing else."""
    return [(number, tuple(line)) for number, line in enumerate(lines, first) if line is not None]


CLUB = rows(
    ["Список клиентов клуба «Атлант» на 01.09.2026"],
    ["Выгрузка: администратор Петрова"],
    None,
    ["№", "ФИО", "Моб. телефон", "E-mail", "Дата рождения", "Абонемент"],
    [1, "Иванова Анна", "8-916-123-45-67", "anna@example.com", dt.date(1990, 5, 1), "Год"],
    [2, "Петров Пётр", 89161234568, None, dt.date(1985, 7, 2), "Месяц"],
    None,
    ["Группа: утренняя"],
    [3, "Сидорова Яна", "+7 916 123-45-69", "yana@example.com", dt.date(2001, 1, 3), "Год"],
    ["№", "ФИО", "Моб. телефон", "E-mail", "Дата рождения", "Абонемент"],
    [4, "Total Fitness", "8 495 123 45 67", None, None, "Год"],
    ["Итого:", None, 4],
)


@pytest.mark.parametrize(
    ("cell", "look"),
    [
        ("8-916-123-45-67", Look.PHONE),
        (79161234567.0, Look.PHONE),
        (9161234567, Look.PHONE),
        ("+44 (0)20 7946 0958", Look.PHONE),
        ("8 916 123-45-67, 8 495 123 45 67", Look.PHONE),
        ("тел. 8 916 123 45 67 доб. 12", Look.PHONE),
        ("моб. +7(916)1234567", Look.PHONE),
        ("'+79161234567", Look.PHONE),
        ("(495) 123-45-67", Look.PHONE),
        ("5 марта 1984 г.", Look.DATE),
        ("2025-05-14T00:00:00.000Z", Look.DATE),
        ("7701234567", Look.NUMBER),
        (770123456789, Look.NUMBER),
        ("4607012345678", Look.NUMBER),
        ("01.02.2026", Look.DATE),
        ("2026-02-01 10:15:00", Look.DATE),
        (dt.date(2026, 2, 1), Look.DATE),
        ("1 234,50 руб.", Look.NUMBER),
        ("a.b@example.com", Look.EMAIL),
        ("https://example.com/x", Look.URL),
        (True, Look.BOOLEAN),
        ("Анна", Look.TEXT),
        ("  ", Look.EMPTY),
    ],
    ids=str,
)
def test_a_cell_is_known_by_its_looks(cell: Cell, look: Look) -> None:
    assert look_of(cell) is look


def test_a_header_is_found_under_titles_and_blank_rows() -> None:
    header = find_header(CLUB, words=WORDS)
    assert header.row == 4
    assert list(header.names.values()) == ["№", "ФИО", "Моб. телефон", "E-mail", "Дата рождения", "Абонемент"]


def test_a_header_needs_no_known_word() -> None:
    assert find_header(CLUB).row == 4


def test_a_list_of_texts_only_is_known_by_its_words() -> None:
    table = rows(["Клиент", "Город"], ["Анна", "Рим"], ["Пётр", "Тула"])
    assert find_header(table, words=WORDS).row == 1


def test_a_list_without_a_header_has_none_and_keeps_its_first_row() -> None:
    table = rows(["Анна", "8-916-123-45-67"], ["Пётр", "8-916-123-45-68"], ["Яна", "8-916-123-45-69"])
    header = find_header(table, words=WORDS)
    assert header == Header(row=0, names={0: "A", 1: "B"}, is_made_up=True)
    sorter = RowSorter(header, table)
    assert [kind for kind, _ in sorter.sort(table)] == [RowKind.DATA] * 3


def test_one_column_of_phones_is_a_list_too() -> None:
    table = rows(["Телефон"], ["8-916-123-45-67"], ["8-916-123-45-68"])
    assert find_header(table, words=WORDS).row == 1


def test_a_title_as_wide_as_the_table_is_no_header() -> None:
    table = rows(["Клиенты", "Клиенты", "Клиенты"], ["ФИО", "Телефон", "Город"], ["Анна", 89161234567, "Рим"])
    assert find_header(table, words=WORDS).row == 2


def test_a_header_may_be_chosen_by_hand_and_equal_names_are_told_apart() -> None:
    table = rows(["Отчёт"], ["Телефон", "Телефон", None, "Имя"], ["1", "2", "3", "4"], ["1", "2", "3", "4"])
    assert header_at(table, 2).names == {0: "Телефон", 1: "Телефон (2)", 2: "C", 3: "Имя"}
    with pytest.raises(KeyError):
        header_at(table, 9)


def test_a_header_of_two_rows_is_one() -> None:
    table = rows(
        ["Список клиентов", None, None, None, None],
        ["№", "ФИО", "Контакты", None, "Город"],
        [None, None, "Телефон", "Почта", None],
        [1, "Анна Иванова", "8-916-123-45-67", "anna@example.com", "Тула"],
        [2, "Пётр Петров", "8-916-123-45-68", None, "Рим"],
        ["№", "ФИО", "Телефон", "Почта", "Город"],
        [3, "Яна Белова", "8-916-123-45-69", None, "Рим"],
    )
    header = find_header(table, words=WORDS)
    assert (header.first_row, header.row) == (2, 3)
    assert list(header.names.values()) == ["№", "ФИО", "Контакты › Телефон", "Контакты › Почта", "Город"]
    assert header_at(table, 3).names == header.names
    kinds = [kind for kind, _ in RowSorter(header, table).sort(table)]
    above, data, again = RowKind.ABOVE, RowKind.DATA, RowKind.REPEATED_HEADER
    assert kinds == [above, RowKind.HEADER, RowKind.HEADER, data, data, again, data]
    columns = propose_mapping(header, table, TARGETS)
    assert [path_of(column) for column in columns] == [None, ("name",), ("phones",), ("emails",), ("city",)]


def test_merged_cells_tell_what_a_heading_spans() -> None:
    table = rows(["ФИО", None, None, "Телефон"], ["Иванова", "Анна", "Олеговна", "8-916-123-45-67"])
    found = find_header(table, words=WORDS, merged=[MergedRange(1, 0, 1, 2)])
    assert list(found.names.values()) == ["ФИО", "ФИО (2)", "ФИО (3)", "Телефон"]


def test_the_numbers_of_the_columns_are_no_client() -> None:
    table = rows(["ФИО", "Телефон", "Город"], [1, 2, 3], ["Анна", "8-916-123-45-67", "Рим"])
    kinds = [kind for kind, _ in RowSorter(find_header(table, words=WORDS), table).sort(table)]
    assert kinds == [RowKind.HEADER, RowKind.REPEATED_HEADER, RowKind.DATA]


def test_an_unknown_column_is_proposed_as_a_field_of_its_own() -> None:
    lines: list[Sequence[Cell]] = [[number, "Анна Иванова", "золото", "да"] for number in (1, 2, 3)]
    lines += [[number, "Анна Иванова", "серебро", "да"] for number in (4, 5, 6)]
    found = matched(["№", "ФИО", "Уровень", "Оплачено"], *lines)
    assert [column.proposal and column.proposal.kind for column in found.values()] == [
        None,
        None,
        "choice",
        "boolean",
    ]
    assert found["Уровень"].proposal == Proposal("choice", ("золото", "серебро"))


def test_stray_cells_far_to_the_right_are_no_columns() -> None:
    table = rows(["Имя", "Телефон"], ["Анна", "1"], ["Пётр", "2", *[None] * 900, "x"], ["Яна", "3"])
    assert list(find_header(table, words=WORDS).names) == [0, 1]


def test_a_list_is_remembered_by_its_names_in_any_order() -> None:
    one, other = Header(1, {0: "ФИО", 1: "Телефон"}), Header(7, {3: "телефон ", 5: "Фио"})
    assert fingerprint(one) == fingerprint(other) != fingerprint(Header(1, {0: "ФИО"}))


def test_every_row_is_of_one_kind_and_none_is_lost() -> None:
    sorter = RowSorter(find_header(CLUB, words=WORDS), CLUB)
    kinds = {row[0]: kind for kind, row in sorter.sort(CLUB)}
    assert kinds == {
        1: RowKind.ABOVE,
        2: RowKind.ABOVE,
        4: RowKind.HEADER,
        5: RowKind.DATA,
        6: RowKind.DATA,
        8: RowKind.ASIDE,
        9: RowKind.DATA,
        10: RowKind.REPEATED_HEADER,
        11: RowKind.DATA,
        12: RowKind.TOTAL,
    }
    assert sorter.counts[RowKind.BLANK] == 2
    assert sorter.counts.total() == 12


@pytest.mark.parametrize(
    "cells",
    [
        ["Итого", None, 120],
        [None, "ИТОГО:", "1 200,00"],
        ["Всего клиентов: 25"],
        ["Итого по клубу", 3, "15 000 руб."],
        ["Итого", None, 15, "руб."],
        ["Grand total", 7],
        ["Sub-total:", 7],
    ],
    ids=str,
)
def test_a_row_of_sums_is_a_total(cells: list[Cell]) -> None:
    assert kind_of(cells) is RowKind.TOTAL


@pytest.mark.parametrize(
    "cells",
    [
        ["Всего Хорошего ООО", 5],
        ["Итого", "Иван", 89161234567],
        ["Всего", 89161234567],
        ["Total Fitness", 12],
        ["Анна"],
        [None, 89161234567],
    ],
    ids=str,
)
def test_a_client_is_never_taken_for_a_total(cells: list[Cell]) -> None:
    assert kind_of(cells) is RowKind.DATA


@pytest.mark.parametrize(
    "text",
    ["Группа: пенсионеры", "Исполнитель:", "Дата печати: 01.11.2026"],
    ids=["group", "signature", "date"],
)
def test_a_caption_alone_in_its_row_is_nobody(text: str) -> None:
    assert kind_of([text]) is RowKind.ASIDE


@pytest.mark.parametrize("text", ["тел.: 8 916 123-45-67", "почта: anna@example.com", "Сайт: https://a.ru"])
def test_a_contact_alone_in_its_row_is_a_client(text: str) -> None:
    assert kind_of([text]) is RowKind.DATA


def kind_of(cells: list[Cell]) -> RowKind:
    sorter = RowSorter(Header(1, {0: "Имя", 1: "Визиты", 2: "Сумма"}), [])
    ((kind, _),) = sorter.sort([(2, tuple(cells))])
    return kind


def matched(names: Sequence[str], *lines: Sequence[Cell], **options: object) -> dict[str, ColumnMatch]:
    header = Header(1, dict(enumerate(names)))
    chosen = options.get("chosen")
    assert chosen is None or isinstance(chosen, dict)
    found = propose_mapping(header, rows(*lines, first=2), TARGETS, chosen=chosen)
    return {column.name: column for column in found}


def path_of(column: ColumnMatch) -> tuple[str, ...] | None:
    return column.match.path if column.match else None


def test_columns_go_to_the_fields_that_their_names_mean() -> None:
    found = matched(
        ["Ф.И.О.", "Контактный телефон", "e-mail", "Дата рождения", "Цель тренировок", "Менеджер", "Скидка"],
        ["Анна", "8-916-123-45-67", "a@example.com", dt.date(1990, 1, 1), "сила", "Олег", 5],
    )
    assert {name: path_of(column) for name, column in found.items()} == {
        "Ф.И.О.": ("name",),
        "Контактный телефон": ("phones",),
        "e-mail": ("emails",),
        "Дата рождения": ("fitness", "born"),
        "Цель тренировок": ("fitness", "goal"),
        "Менеджер": ("owner",),
        "Скидка": None,
    }
    assert found["Дата рождения"].match == Guess(("fitness", "born"), 1.0, Reason.SAME_NAME)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ТЕЛЕФОН", ("phones",)),
        ("Телефон 2", ("phones",)),
        ("Teлефон", ("phones",)),
        ("Телефн", ("phones",)),
        ("Последний  визит\n", ("fitness", "last_visit")),
        ("Дата последнего визита", None),
        ("Gоаl", ("fitness", "goal")),
        ("last_visit", ("fitness", "last_visit")),
    ],
    ids=["capitals", "number", "look-alikes", "misspelt", "spaces", "other words", "latin", "key"],
)
def test_names_are_compared_as_people_write_them(name: str, path: tuple[str, ...] | None) -> None:
    assert path_of(matched([name])[name]) == path


def test_a_nameless_column_of_phones_is_known_by_its_looks() -> None:
    table = rows(
        ["Анна", "8-916-123-45-67", "a@example.com", "01.02.2026"],
        ["Пётр", 89161234568, None, "02.02.2026"],
    )
    found = propose_mapping(find_header(table, words=WORDS), table, TARGETS)
    assert [path_of(column) for column in found] == [None, ("phones",), ("emails",), None]
    assert found[1].match is not None
    assert found[1].match.reason is Reason.LOOKS
    assert {guess.path for guess in found[3].others} == {("fitness", "born"), ("fitness", "last_visit")}


def test_two_phones_both_count_and_two_cities_do_not() -> None:
    found = matched(["Телефон", "Моб. телефон", "Город", "City"], ["8-916-123-45-67", None, "Рим", "Rome"])
    assert [path_of(column) for column in found.values()] == [("phones",), ("phones",), ("city",), None]
    assert found["City"].others[0].path == ("city",)


def test_a_column_whose_cells_contradict_its_name_is_not_taken() -> None:
    found = matched(["Телефон", "Почта"], ["a@example.com", "8-916-123-45-67"])
    assert [path_of(column) for column in found.values()] == [("emails",), ("phones",)]


def test_what_a_person_chose_wins_over_every_guess() -> None:
    found = matched(
        ["Имя", "Клиент", "Телефон"],
        ["x", "Анна", "8-916-123-45-67"],
        chosen={1: ("name",), 2: None},
    )
    assert [path_of(column) for column in found.values()] == [None, ("name",), None]
    assert found["Клиент"].match == Guess(("name",), 1.0, Reason.CHOSEN)
    with pytest.raises(KeyError):
        matched(["Имя"], chosen={0: ("nonsense",)})


def test_samples_come_from_filled_cells_below_the_header() -> None:
    header = find_header(CLUB, words=WORDS)
    data = [row for kind, row in RowSorter(header, CLUB).sort(CLUB) if kind is RowKind.DATA]
    mail = propose_mapping(header, data, TARGETS)[3]
    assert mail.samples == ("anna@example.com", "yana@example.com")
    assert mail.looks == {Look.EMAIL: 2}


def test_known_words_are_folded() -> None:
    assert fold_key("ФИО") in WORDS
