"""Made-up messy lists with a known truth: what offices of six trades keep in their files."""

# ruff: noqa: E501  (a table of trades is read line by line)

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from messy_columns import (
    HEADINGS,
    Column,
    Habits,
    Told,
    attribute_cell,
    birthday_cell,
    choice_cell,
    comment_cell,
    contacts_cell,
    day_cell,
    email_cell,
    inn_cell,
    money_cell,
    name_cell,
    number_cell,
    part_cell,
    phone_cell,
    second_phone_cell,
    words_cell,
)
from messy_layout import MessySheet, laid_out
from messy_people import Made, made_up


@dataclass
class MessyList:
    """A file: its sheets in order, of which `main` is the list."""

    name: str
    format: str
    sheets: list[MessySheet]
    main: int = 0
    languages: str = "ru"

    @property
    def list(self) -> MessySheet:
        """The sheet that is to be brought in."""
        return self.sheets[self.main]


Cell = Callable[[Random, Made, Habits], tuple[Any, Told]]

FIXED: Final[Mapping[str, tuple[frozenset[str | None], Cell]]] = {
    "name": (frozenset({"name"}), name_cell),
    "last": (frozenset({"last_name"}), part_cell("last")),
    "first": (frozenset({"first_name"}), part_cell("first")),
    "middle": (frozenset({"middle_name"}), part_cell("middle")),
    "phone": (frozenset({"phones"}), phone_cell),
    "phone2": (frozenset({"phones"}), second_phone_cell),
    "email": (frozenset({"emails"}), email_cell),
    "contacts": (frozenset({"phones", "emails"}), contacts_cell),
    "birthday": (frozenset({"birthday"}), birthday_cell),
    "comment": (frozenset({"comment"}), comment_cell),
    "city": (frozenset({"city"}), attribute_cell("city", "city")),
    "address": (frozenset({"address"}), attribute_cell("address", "address", rate=0.7)),
    "inn": (frozenset({"tax_number"}), inn_cell),
}

GENDERS: Final = {"ru": {"м": "male", "ж": "female"}, "en": {"M": "male", "F": "female"}}
SOURCES: Final = {
    "ru": {
        "реклама": "advert",
        "рекомендация": "referral",
        "2ГИС": "maps",
        "сайт": "site",
        "соцсети": "social",
    },
    "en": {"Website": "site", "Referral": "referral", "Social": "social"},
}
STANDINGS: Final = {
    "ru": {"клиент": "active", "лид": "lead", "Потенциальный": "potential"},
    "en": {"Customer": "active", "Lead": "lead"},
}

# What a trade keeps besides: heading, the right places, cells.
EXTRA: Final[Mapping[str, Sequence[tuple[str, Sequence[str | None], Cell]]]] = {
    "fitness": (
        ("Абонемент", [None, "tags", "fitness_membership:plan"], words_cell("Годовой", "Месяц", "12 посещений", "Утренний")),
        ("Действует до", ["fitness.paid_until"], day_cell("fitness.paid_until", after=2025)),
        ("Номер карты", ["fitness.card_number"], words_cell(None)),
        ("Тренер", ["fitness.trainer"], words_cell(None)),
        ("Остаток занятий", [None], words_cell(1, 3, 5, 8, 12)),
        ("Дата последнего посещения", [None], day_cell()),
        ("Скидка, %", [None], words_cell(5, 10, 15)),
    ),
    "windows": (
        ("№ договора", ["fitness.contract_number"], words_cell(None)),
        ("Сумма договора", [None], money_cell),
        ("Дата замера", [None], day_cell(after=2024)),
        ("Кол-во окон", [None], words_cell(1, 2, 3, 5, 7)),
        ("Замерщик", [None], words_cell("Коля", "Бригада 2", "Степанов")),
        ("Оплачено", [None], words_cell("да", "нет", "частично")),
    ),
    "dental": (
        ("Врач", [None, "owner"], words_cell("Зубова", "Клыков", "Зубова Е.А.")),
        ("Дата последнего приёма", [None], day_cell()),
        ("Диагноз", [None, "comment"], words_cell("кариес", "пульпит", "осмотр")),
        ("Полис ДМС", [None], words_cell("1234-567890", "7788-112233", None)),
        ("Долг", [None], money_cell),
        ("СНИЛС", [None], words_cell("112-233-445 95", "087-654-303 00")),
    ),
    "wholesale": (
        ("КПП", [None], words_cell("770101001", "165501001")),
        ("Отсрочка, дней", [None], words_cell(7, 14, 30)),
        ("Оборот за год", [None], money_cell),
        ("Сайт", [None], words_cell("www.firma.ru", "https://opt.example.com", None)),
        ("Договор от", [None], day_cell(after=2022)),
        ("Вид цен", [None], words_cell("опт", "розница", "дилер")),
    ),
    "estate": (
        ("Бюджет", [None], money_cell),
        ("Район", [None, "address"], words_cell("ЦАО", "Южное Бутово", "Центр")),
        ("Кол-во комнат", [None], words_cell(1, 2, 3)),
        ("Дата обращения", [None], day_cell(after=2024)),
        ("Ипотека", [None], words_cell("да", "нет")),
    ),
    "school": (
        ("Класс", [None, "tags"], words_cell("5А", "6Б", "7В")),
        ("ФИО родителя", [None, "comment"], words_cell("Иванова Мария Петровна", "Петров Олег Ильич", None)),
        ("Оплата за сентябрь", [None], money_cell),
        ("Группа", [None, "tags"], words_cell("англ. нач.", "робототехника", "шахматы")),
        ("Дата зачисления", [None], day_cell(after=2022)),
    ),
    "english": (
        ("Plan", [None, "tags"], words_cell("Gold", "Silver", "Annual")),
        ("Joined", [None, "fitness.joined_on"], words_cell(None)),
        ("Balance", [None], words_cell("$120.50", "$0.00", "$1,250.00")),
        ("Last visit", [None], day_cell()),
        ("Website", [None], words_cell("www.acme.com", "https://globex.com", None)),
        ("Country", [None, "address"], words_cell("UK", "USA")),
        ("Zip", [None, "address"], words_cell("02139", "SW1A 1AA", None)),
        ("Newsletter", [None], words_cell("yes", "no")),
    ),
}  # fmt: skip

FORMATS: Final = (
    "xlsx", "xlsx", "xlsx", "xlsm", "ods", "csv:utf-8-sig:;", "csv:cp1251:;", "csv:utf-8:,", "csv:cp866:;", "csv:koi8-r:;",
    "tsv:utf-16:\t", "csv:mac-cyrillic:;", "tsv:utf-8:\t",
)  # fmt: skip


def made_list(seed: int) -> MessyList:
    """Return the list of a seed: the same one every time."""
    random = Random(seed)
    trade = random.choice([*EXTRA, "fitness", "windows"])
    language = "en" if trade == "english" else random.choice(["ru"] * 8 + ["uk", "kk"])
    form = random.choice(FORMATS)
    if language in ("uk", "kk") and form.startswith("csv:") and "utf" not in form:
        form = "csv:utf-8-sig:;"  # Nobody saves Ukrainian or Kazakh letters in a code page without them.
    habits = Habits(
        language=language,
        phones=random.choice(
            ["dashes", "plus", "brackets", "float", "eight", "bare", "spaces", "ten", "mixed", "mixed"]
        ),
        dates=random.choice(["cell", "dots", "short", "words", "iso", "serial", "year", "mixed"]),
        names=random.choice(["plain"] * 4 + ["reversed", "comma", "initials", "capitals"]),
        gaps=random.choice([0.0, 0.05, 0.2]),
        garbage=random.choice([0.0, 0.0, 0.03]),
    )
    sheet = _sheet(random, trade, habits, is_text=not form.startswith(("xls", "ods")))
    sheets, main = [sheet], 0
    if form.startswith(("xls", "ods")) and random.random() < 0.4:
        sheets, main = _with_others(random, sheet)
    return MessyList(f"{trade}-{language}-{seed}", form, sheets, main, language)


def _heading(random: Random, key: str, language: str) -> str:
    known = HEADINGS[language].get(key) or HEADINGS["ru"][key]
    text = random.choice(known)
    if random.random() < 0.05 and len(text) > 6:
        place = random.randrange(2, len(text) - 1)
        text = text[:place] + text[place + 1 :]  # A letter is missing, as in many a heading.
    if random.random() < 0.06:
        text = random.choice([text.upper(), text + "\n", "  " + text, text + ":", text + " *"])
    return text


def _columns(random: Random, trade: str, habits: Habits) -> list[Column]:
    language = habits.language
    base = "en" if language == "en" else "ru"
    firms = trade == "wholesale"
    keys: list[str] = []
    if firms:
        keys += ["company"] + (["contact"] if random.random() < 0.7 else [])
    elif random.random() < 0.3:
        keys += ["last", "first", *(["middle"] if base == "ru" or random.random() < 0.2 else [])]
    else:
        keys += ["name"]
    keys += (
        ["contacts"] if random.random() < 0.08 else ["phone", *(["phone2"] if random.random() < 0.25 else [])]
    )
    if "contacts" not in keys and random.random() < 0.7:
        keys.append("email")
    optional = [
        "birthday",
        "comment",
        "city",
        "address",
        "gender",
        "source",
        "standing",
        "tags",
        "inn",
        "owner",
    ]
    if language in ("uk", "kk"):
        optional.remove("inn")
    if firms:
        keys += ["inn"] if random.random() < 0.8 else []
        optional = (
            ["comment", "city", "address", "owner", "position"] if "contact" in keys else ["comment", "city"]
        )
    keys += random.sample(optional, random.randint(1, min(5, len(optional))))
    if random.random() < 0.2:
        random.shuffle(keys)
    columns = [
        _column(random, key, habits, base, has_contact="contact" in keys) for key in dict.fromkeys(keys)
    ]
    extra = list(EXTRA[trade])
    for heading, paths, cell in random.sample(extra, random.randint(1, min(4, len(extra)))):
        columns.append(Column("extra", heading, frozenset(paths), cell))
    if random.random() < 0.5:
        number = random.choice(["№", "№ п/п", "п/п", "N"] if base == "ru" else ["#", "No.", "ID"])
        columns.insert(0, Column("number", number, frozenset({None}), number_cell()))
    return columns


def _column(random: Random, key: str, habits: Habits, base: str, *, has_contact: bool) -> Column:
    heading = _heading(random, key, habits.language)
    if key in FIXED:
        paths, cell = FIXED[key]
    elif key == "company":
        path = "company" if has_contact else "name"
        paths, cell = frozenset({path, "company"}), _firm_cell(path)
    elif key == "contact":
        paths, cell = frozenset({"name"}), _contact_cell
    elif key == "position":
        paths, cell = frozenset({"position"}), _position_cell(base)
    elif key == "owner":
        paths, cell = frozenset({"owner"}), words_cell(None)
    elif key == "tags":
        paths, cell = frozenset({"tags"}), _tags_cell
    else:
        values = {"gender": GENDERS, "source": SOURCES, "standing": STANDINGS}[key][base]
        paths, cell = frozenset({key}), choice_cell(key, values)
    return Column(key, heading, paths, cell)


def _firm_cell(path: str) -> Cell:
    def cell(_random: Random, one: Made, _habits: Habits) -> tuple[Any, Told]:
        told = {"company": one.company}
        return one.company, {"name": told, "company": told} if path == "name" else {
            "company": {"firm": one.company}
        }

    return cell


def _contact_cell(random: Random, one: Made, habits: Habits) -> tuple[Any, Told]:
    if random.random() < 0.15:
        return None, {"name": {"company": one.company}}
    person = made_up(random, language=habits.language)
    return person.full, {"name": {"last": person.last, "first": person.first, "middle": person.middle}}


def _position_cell(base: str) -> Cell:
    words = ("директор", "менеджер", "снабженец") if base == "ru" else ("CEO", "Buyer", "Manager")

    def cell(random: Random, _one: Made, _habits: Habits) -> tuple[Any, Told]:
        word = random.choice(words)
        return word, {"position": word}

    return cell


def _tags_cell(random: Random, _one: Made, _habits: Habits) -> tuple[Any, Told]:
    words = random.sample(["vip", "опт", "новый", "акция"], random.randint(0, 2))
    return (", ".join(words) or None), ({"tags": words} if words else {})


def _sheet(random: Random, trade: str, habits: Habits, *, is_text: bool) -> MessySheet:
    columns = _columns(random, trade, habits)
    people: list[Made] = []
    firm_share = 1.0 if trade == "wholesale" else random.choice([0.0, 0.0, 0.15])
    for _ in range(random.choice([6, 12, 25, 40])):
        people.append(made_up(random, language=habits.language, company=random.random() < firm_share))
    return laid_out(random, columns, people, habits, is_text=is_text)


def _with_others(random: Random, sheet: MessySheet) -> tuple[list[MessySheet], int]:
    """Put a pivot and a reference sheet beside the list."""
    pivot = MessySheet("Сводная", [["Менеджер", "Количество", "Сумма"], ["Белова", 12, 34000], ["Орлов", 7, 9100],
                                   ["Общий итог", 19, 43100]])  # fmt: skip
    words = MessySheet("Справочник", [["Статусы"], ["новый"], ["в работе"], ["отказ"]])
    empty = MessySheet("Лист3", [])
    others = random.sample([pivot, words, empty], random.randint(1, 3))
    place = random.randint(0, len(others))
    return [*others[:place], sheet, *others[place:]], place
