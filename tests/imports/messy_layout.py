"""How the rows of a made-up list stand on its sheet: titles, headers, groups, totals, gaps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from messy_columns import Column, Habits, Told
from messy_people import Made

Cells = list[Any]


@dataclass
class MessySheet:
    """A sheet as somebody keeps it, and the truth about it: `truth` by row number, `paths` by column index."""

    name: str
    rows: list[Cells] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    header_row: int = 0
    header_rows: int = 1
    truth: dict[int, list[tuple[int, Told]]] = field(default_factory=dict)
    paths: dict[int, frozenset[str | None]] = field(default_factory=dict)


TITLES: Final = {
    "ru": (
        "Список клиентов",
        "База клиентов на {}",
        "Клиентская база компании",
        "РЕЕСТР",
        "Отчёт по клиентам за 2025 год",
    ),
    "en": ("Client list", "Customers as of {}", "Members export"),
}
GROUPS: Final = {
    "ru": (
        "VIP",
        "Постоянные клиенты",
        "Утренняя группа",
        "Группа: новички",
        "Должники",
        "Филиал на Мира",
        "2024 год",
    ),
    "en": ("VIP", "Regular customers", "Branch: North", "Leads 2024"),
}
FOOTERS: Final = {
    "ru": (
        "Исполнитель: Петрова А.А.",
        "Директор ______________ /Сидоров В.В./",
        "Дата печати: 01.11.2026",
        "Составил: админ",
    ),
    "en": ("Prepared by: Ann", "Printed: 01/11/2026", "Page 1 of 1"),
}


def laid_out(
    random: Random, columns: Sequence[Column], people: Sequence[Made], habits: Habits, *, is_text: bool
) -> MessySheet:
    """Return the sheet on which `people` stand in `columns`."""
    base = "en" if habits.language == "en" else "ru"
    sheet = MessySheet("Лист1" if base == "ru" else "Sheet1")
    places = _places(random, len(columns), is_text=is_text)
    width = places[-1] + 1
    sheet.paths = {place: column.paths for place, column in zip(places, columns, strict=True)}
    _above(random, sheet, base, places[0])
    has_header = not (_can_stand_alone(columns) and random.random() < 0.12)
    header: Cells = []
    if has_header:
        header = _header(random, sheet, columns, places, width, base)
    else:
        sheet.rows.clear()
        sheet.merges.clear()
        sheet.paths = {place: _without_header(column) for place, column in zip(places, columns, strict=True)}
    _body(random, sheet, columns, places, people, habits, header, base)
    if random.random() < 0.4:
        _below(random, sheet, columns, places, width, len(people), base)
    return sheet


def _places(random: Random, count: int, *, is_text: bool) -> list[int]:
    start = 0 if is_text else random.choice([0, 0, 0, 1, 2])
    places = list(range(start, start + count))
    if not is_text and count > 3 and random.random() < 0.1:
        gap = random.randint(1, count - 1)
        places = [place + (place - start >= gap) for place in places]  # A column is blank.
    return places


def _above(random: Random, sheet: MessySheet, base: str, first: int) -> None:
    left: Cells = [None] * first
    if random.random() < 0.45:
        return
    for _ in range(random.randint(1, 3)):
        sheet.rows.append([*left, random.choice(TITLES[base]).format("01.09.2026")])
    if random.random() < 0.3:
        sheet.rows.append([*left, "Период:", "01.01.2025 - 31.12.2025"])
    if random.random() < 0.2:
        sheet.rows.append([*left, "Организация:", "ООО «Наша фирма»", None, "Дата:", "05.11.2026"])
    sheet.rows += [[] for _ in range(random.choice([0, 1, 1, 2, 12]))]


def _header(
    random: Random, sheet: MessySheet, columns: Sequence[Column], places: Sequence[int], width: int, base: str
) -> Cells:
    contact = [
        place
        for place, column in zip(places, columns, strict=True)
        if column.key in ("phone", "phone2", "email")
    ]
    joined = (
        len(contact) > 1 and contact == list(range(contact[0], contact[-1] + 1)) and random.random() < 0.3
    )
    header: Cells = [None] * width
    for place, column in zip(places, columns, strict=True):
        header[place] = column.heading
    if not joined:
        sheet.rows.append(header)
        sheet.header_row = len(sheet.rows)
    else:
        top, bottom = list(header), [None] * width
        for place in contact:
            top[place], bottom[place] = None, header[place]
        top[contact[0]] = "Контакты" if base == "ru" else "Contacts"
        row = len(sheet.rows)
        sheet.merges.append((row, contact[0], row, contact[-1]))
        sheet.merges += [(row, place, row + 1, place) for place in places if place not in contact]
        sheet.rows += [top, bottom]
        sheet.header_row, sheet.header_rows = len(sheet.rows), 2
    if random.random() < 0.08:
        numbers: Cells = [None] * width
        for number, place in enumerate(places, 1):
            numbers[place] = number
        sheet.rows.append(numbers)  # The numbers of the columns, as forms have them.
    return header


def _body(
    random: Random,
    sheet: MessySheet,
    columns: Sequence[Column],
    places: Sequence[int],
    people: Sequence[Made],
    habits: Habits,
    header: Cells,
    base: str,
) -> None:
    width = places[-1] + 1
    groups = random.random() < 0.2 and len(columns) > 4
    repeats = bool(header) and random.random() < 0.12
    since = 0
    for number, one in enumerate(people):
        if groups and number % max(4, len(people) // 3) == 0:
            if number and random.random() < 0.5:
                sheet.rows.append(_total(random, columns, places, width, since, base, is_sub=True))
            since = 0
            title: Cells = [None] * width
            title[places[random.choice([0, 0, min(1, len(places) - 1)])]] = random.choice(GROUPS[base])
            sheet.rows.append(title)
        if repeats and number and number % 15 == 0:
            sheet.rows.append(list(header))
        if random.random() < 0.03:
            sheet.rows.append([])
        cells: Cells = [None] * width
        told: list[tuple[int, Told]] = []
        for place, column in zip(places, columns, strict=True):
            cells[place], says = column.cell(random, one, habits)
            told.append((place, says))
        since += 1
        sheet.rows.append(cells)
        sheet.truth[len(sheet.rows)] = told


def _below(
    random: Random,
    sheet: MessySheet,
    columns: Sequence[Column],
    places: Sequence[int],
    width: int,
    count: int,
    base: str,
) -> None:
    if random.random() < 0.7:
        sheet.rows.append(_total(random, columns, places, width, count, base, is_sub=False))
    if random.random() < 0.5:
        sheet.rows.append([])
        for text in random.sample(FOOTERS[base], random.randint(1, 2)):
            sheet.rows.append([*([None] * places[0]), text])


def _total(
    random: Random,
    columns: Sequence[Column],
    places: Sequence[int],
    width: int,
    count: int,
    base: str,
    *,
    is_sub: bool,
) -> Cells:
    words = {
        ("ru", True): ("Итого по группе", "Итого:", "Подытог"),
        ("ru", False): ("Итого", "ИТОГО:", "Всего клиентов", "Всего:", "Итого по списку"),
        ("en", True): ("Subtotal", "Total for group"),
        ("en", False): ("Total", "Grand total", "Total clients"),
    }[base, is_sub]
    cells: Cells = [None] * width
    cells[places[0]] = random.choice(words)
    cells[places[-1] if len(places) > 1 else places[0]] = count if len(places) > 1 else cells[places[0]]
    return cells


def _can_stand_alone(columns: Sequence[Column]) -> bool:
    """Tell whether a person would know the columns without their names."""
    return {column.key for column in columns} >= {"name", "phone"} or {column.key for column in columns} >= {
        "last",
        "first",
        "phone",
    }


def _without_header(column: Column) -> frozenset[Any]:
    """What may be known of a column without a name: contacts and names by their looks, all else is left out."""
    if column.key in ("name", "last", "first", "middle", "phone", "phone2", "email", "contacts"):
        return column.paths
    return column.paths | {None}
