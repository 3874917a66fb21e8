"""Columns of made-up lists: their headings, their cells, and what a right import makes of each cell."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

# ruff: noqa: E501  (a table of headings is read line by line)
from messy_people import Made, written_date, written_phone

Told = dict[str, Any]
"""What a cell says, by the path that the column may go to."""

NOTHING: Final = ("нет", "-", "—", "н/д", "не указан")


@dataclass(frozen=True)
class Habits:
    """How one office writes: the same through a whole list, as one person keeps it."""

    language: str
    phones: str
    dates: str
    names: str
    gaps: float
    garbage: float


@dataclass
class Column:
    """A column of a list; `paths` are the right places for it, None among them where it may be left out."""

    key: str
    heading: str
    paths: frozenset[str | None]
    cell: Callable[[Random, Made, Habits], tuple[Any, Told]]
    group: str = ""
    is_wrong: set[int] = field(default_factory=set)


HEADINGS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "ru": {
        "name": ("ФИО", "Ф.И.О.", "ФИО клиента", "Клиент", "Фамилия Имя Отчество", "Фамилия, имя", "Имя клиента", "Ф И О",
                 "Клиент (ФИО)", "ФИО полностью", "Фамилия, имя, отчество", "ФИО*", "Данные клиента"),
        "last": ("Фамилия", "Фам.", "Фамилия клиента", "ФАМИЛИЯ"),
        "first": ("Имя", "Имя клиента", "ИМЯ", "Имя "),
        "middle": ("Отчество", "Отч.", "Отчество (при наличии)"),
        "phone": ("Телефон", "Тел.", "Моб. телефон", "Контактный телефон", "Номер телефона", "Телефон для связи", "тел",
                  "Сотовый", "Мобильный тел.", "Телефон клиента", "№ телефона", "Телефон (моб.)", "Тeлeфон", "Телфон",
                  "Контактный тел.", "Телефоны", "Номер"),
        "phone2": ("Телефон 2", "Доп. телефон", "Домашний телефон", "Раб. тел.", "Второй телефон", "WhatsApp"),
        "email": ("E-mail", "Почта", "Эл. почта", "email", "Электронная почта", "Адрес эл. почты", "Email клиента",
                  "Е-mail", "Эл.адрес", "e-mаil", "Почта для чеков"),
        "birthday": ("Дата рождения", "Д.Р.", "ДР", "День рождения", "Дата рожд.", "Дата рождения клиента", "Родился",
                     "дата рожд-я"),
        "comment": ("Комментарий", "Примечание", "Примечания", "Прим.", "Заметки", "Доп. информация", "Коментарий",
                    "Комментарий менеджера"),
        "city": ("Город", "Нас. пункт", "Населённый пункт", "Город проживания"),
        "address": ("Адрес", "Адрес проживания", "Адрес клиента", "Домашний адрес", "Улица, дом, кв.", "Адрес (улица, дом)",
                    "Адрес регистрации"),
        "company": ("Организация", "Компания", "Наименование организации", "Название компании", "Фирма", "Юр. лицо",
                    "Наименование", "Контрагент"),
        "contact": ("Контактное лицо", "Конт. лицо", "Контакт", "Представитель", "ФИО контактного лица"),
        "position": ("Должность", "Должность контактного лица"),
        "inn": ("ИНН", "ИНН клиента", "ИНН организации", "инн"),
        "owner": ("Менеджер", "Ответственный", "Ответственный менеджер", "Куратор", "Кто ведёт"),
        "source": ("Источник", "Откуда узнали", "Откуда о нас узнали", "Источник рекламы", "Рекламный канал"),
        "gender": ("Пол", "Пол (м/ж)", "Пол клиента"),
        "standing": ("Статус", "Статус клиента", "Состояние"),
        "tags": ("Теги", "Метки", "Тег", "Метка"),
        "contacts": ("Контакты", "Телефон, e-mail", "Телефон/почта", "Контактные данные"),
    },
    "en": {
        "name": ("Name", "Full Name", "Client", "Customer name", "Client Name", "Contact name", "Member", "Full name *",
                 "Patient name"),
        "last": ("Last Name", "Surname", "LastName", "Family name", "last_name"),
        "first": ("First Name", "Given name", "FirstName", "First", "first_name"),
        "middle": ("Middle Name", "Middle", "Patronymic"),
        "phone": ("Phone", "Mobile", "Phone number", "Cell phone", "Contact number", "Tel.", "phone_number", "Mobile No.",
                  "Telephone", "Primary phone", "PhoneNumber"),
        "phone2": ("Phone 2", "Home phone", "Work phone", "Alt. phone", "Other Phone"),
        "email": ("Email", "E-mail", "Email address", "E-Mail Address", "email_address", "Primary Email"),
        "birthday": ("Date of birth", "DOB", "Birthday", "Birth date", "D.O.B."),
        "comment": ("Notes", "Comments", "Remarks", "Additional info", "Note"),
        "city": ("City", "Town", "City/Town"),
        "address": ("Address", "Street address", "Home address", "Address line 1"),
        "company": ("Company", "Organization", "Company name", "Organisation", "Account name", "Employer"),
        "contact": ("Contact person", "Contact", "Primary contact"),
        "position": ("Job title", "Position", "Title/Position"),
        "inn": ("Tax ID", "INN", "Tax number"),
        "owner": ("Owner", "Account manager", "Assigned to", "Sales rep", "Manager"),
        "source": ("Source", "Lead source", "How did you hear about us"),
        "gender": ("Gender", "Sex", "M/F"),
        "standing": ("Status", "Client status", "Lead status"),
        "tags": ("Tags", "Labels", "Tag"),
        "contacts": ("Contacts", "Phone / e-mail", "Contact details"),
    },
    "uk": {
        "name": ("ПІБ", "П.І.Б.", "Клієнт", "Прізвище, ім'я, по батькові", "ПІБ клієнта", "Ім'я клієнта"),
        "last": ("Прізвище",),
        "first": ("Ім'я", "Ім’я"),
        "middle": ("По батькові", "По-батькові"),
        "phone": ("Телефон", "Моб. телефон", "Номер телефону", "Контактний телефон", "Тел."),
        "phone2": ("Телефон 2", "Додатковий телефон"),
        "email": ("Електронна пошта", "Ел. пошта", "E-mail", "Пошта"),
        "birthday": ("Дата народження", "День народження"),
        "comment": ("Коментар", "Примітка", "Примітки"),
        "city": ("Місто", "Населений пункт"),
        "address": ("Адреса", "Адреса проживання"),
        "company": ("Компанія", "Організація", "Назва компанії"),
        "gender": ("Стать",),
    },
    "kk": {
        "name": ("Аты-жөні", "Т.А.Ә.", "Клиент", "Толық аты-жөні", "Тегі, аты, әкесінің аты"),
        "last": ("Тегі",),
        "first": ("Аты", "Есімі"),
        "middle": ("Әкесінің аты",),
        "phone": ("Телефон", "Ұялы телефон", "Телефон нөмірі", "Байланыс телефоны"),
        "phone2": ("Қосымша телефон", "Телефон 2"),
        "email": ("Электрондық пошта", "E-mail", "Эл. пошта"),
        "birthday": ("Туған күні", "Туған жылы, күні"),
        "comment": ("Ескерту", "Түсініктеме", "Ескертпе"),
        "city": ("Қала", "Қаласы"),
        "address": ("Мекенжайы", "Мекен-жайы"),
        "company": ("Ұйым", "Компания", "Мекеме"),
        "gender": ("Жынысы",),
    },
}  # fmt: skip


def name_cell(random: Random, one: Made, habits: Habits) -> tuple[Any, Told]:
    """A whole name in one cell, in the order of the list."""
    if one.is_company:
        return one.company, {"name": {"company": one.company}}
    last, first, middle = one.last, one.first, one.middle
    parts = {"last": last, "first": first, "middle": middle}
    match habits.names:
        case "reversed" if habits.language != "en":
            text = " ".join(filter(None, (first, middle, last))) if middle else f"{first} {last}"
        case "comma":
            text = f"{last}, {first} {middle}".strip()
        case "initials" if middle and habits.language != "en":
            text = (
                f"{last} {first[0]}.{middle[0]}."
                if random.random() < 0.7
                else f"{first[0]}.{middle[0]}. {last}"
            )
            parts = {"last": last, "first": f"{first[0]}.", "middle": f"{middle[0]}."}
        case "capitals":
            text = one.full.upper()
            parts = {key: value.upper() for key, value in parts.items()}
        case _:
            text = one.full
    if random.random() < 0.08:
        text = random.choice(
            [f" {text}", text.replace(" ", "  ", 1), text.replace(" ", "\u00a0", 1), text + " "]
        )
    return text, {"name": parts}


def part_cell(part: str) -> Callable[[Random, Made, Habits], tuple[Any, Told]]:
    def cell(_random: Random, one: Made, _habits: Habits) -> tuple[Any, Told]:
        if one.is_company:
            return (one.company if part == "last" else None), {f"{part}_name": {"company": one.company}}
        value = getattr(one, part)
        return value or None, {f"{part}_name": {part: value}} if value else {}

    return cell


def phone_cell(random: Random, one: Made, habits: Habits) -> tuple[Any, Told]:
    """The phones of somebody: one or several in the cell, perhaps with an extension or a word beside it."""
    if random.random() < habits.gaps:
        return (random.choice(NOTHING) if random.random() < 0.4 else None), {}
    first, *others = one.phones
    written = written_phone(random, first, habits.phones)
    told = [first]
    if others and random.random() < 0.7:
        second = written_phone(random, others[0], "plus")
        text = written if isinstance(written, str) else f"{written:.0f}"
        written = f"{text}{random.choice([', ', '; ', ' / ', chr(10), ' или '])}{second}"
        told.append(others[0])
    elif isinstance(written, str) and random.random() < 0.06:
        written += random.choice([" доб. 12", " (жена)", " мама", " вн. 105"])
    if random.random() < habits.garbage:
        return "8-916-12", {}
    return written, {"phones": told}


def second_phone_cell(random: Random, one: Made, habits: Habits) -> tuple[Any, Told]:
    if len(one.phones) < 2:
        return None, {}
    return written_phone(random, one.phones[1], habits.phones), {"phones": [one.phones[1]]}


def email_cell(random: Random, one: Made, habits: Habits) -> tuple[Any, Told]:
    if random.random() < habits.gaps + 0.2:
        return (random.choice(NOTHING) if random.random() < 0.2 else None), {}
    if random.random() < habits.garbage:
        return "почта@", {}
    text = one.emails[0]
    style = random.random()
    written = (
        text.upper()
        if style < 0.05
        else f"mailto:{text}"
        if style < 0.07
        else f" {text}"
        if style < 0.1
        else text
    )
    return written, {"emails": [text]}


def contacts_cell(random: Random, one: Made, habits: Habits) -> tuple[Any, Told]:
    """A phone and an e-mail in one cell."""
    phone = written_phone(
        random, one.phones[0], "plus" if habits.phones in ("float", "eight", "ten") else habits.phones
    )
    phone = phone if isinstance(phone, str) else f"{phone:.0f}"
    if random.random() < 0.4:
        return phone, {"phones": [one.phones[0]]}
    text = f"{phone}{random.choice([', ', '; ', chr(10), ' '])}{one.emails[0]}"
    return text, {"phones": [one.phones[0]], "emails": [one.emails[0]]}


def birthday_cell(random: Random, one: Made, habits: Habits) -> tuple[Any, Told]:
    if one.birthday is None or one.is_company or random.random() < habits.gaps + 0.1:
        return None, {}
    if random.random() < habits.garbage:
        return "31.02.1990", {}
    return written_date(random, one.birthday, habits.dates, language=habits.language), {
        "birthday": one.birthday
    }


def inn_cell(random: Random, one: Made, habits: Habits) -> tuple[Any, Told]:
    if random.random() < habits.gaps + 0.1:
        return None, {}
    # As a number a first zero is lost, as Excel loses it.
    written: Any = float(one.inn) if habits.phones in ("float", "mixed") else one.inn
    return written, {"tax_number": one.inn}


def attribute_cell(
    path: str, name: str, *, rate: float = 0.9
) -> Callable[[Random, Made, Habits], tuple[Any, Told]]:
    def cell(random: Random, one: Made, _habits: Habits) -> tuple[Any, Told]:
        value = getattr(one, name)
        return (value, {path: value}) if value and random.random() < rate else (None, {})

    return cell


def comment_cell(random: Random, _one: Made, habits: Habits) -> tuple[Any, Told]:
    if random.random() < 0.5:
        return None, {}
    texts = (
        (
            "звонить после 18",
            "постоянный клиент, скидка 5%",
            "просил не беспокоить",
            "перезвонить 12 числа",
            "VIP!",
        )
        if habits.language != "en"
        else ("call after 6pm", "prefers e-mail", "regular, 5% discount", "do not disturb")
    )
    text = random.choice(texts)
    return text, {"comment": text}


def number_cell() -> Callable[[Random, Made, Habits], tuple[Any, Told]]:
    count = 0

    def cell(_random: Random, _one: Made, _habits: Habits) -> tuple[Any, Told]:
        nonlocal count
        count += 1
        return count, {}

    return cell


def words_cell(*words: Any, rate: float = 0.9) -> Callable[[Random, Made, Habits], tuple[Any, Told]]:
    def cell(random: Random, _one: Made, _habits: Habits) -> tuple[Any, Told]:
        return (random.choice(words) if random.random() < rate else None), {}

    return cell


def choice_cell(
    path: str, values: Mapping[str, str], *, rate: float = 0.8
) -> Callable[..., tuple[Any, Told]]:
    def cell(random: Random, one: Made, _habits: Habits) -> tuple[Any, Told]:
        if path == "gender" and (one.is_company or one.language != "ru"):
            return None, {}
        if random.random() > rate:
            return None, {}
        word = random.choice(list(values))
        if path == "gender":
            word = next(key for key, value in values.items() if (value == "female") == one.is_female)
        return word, {path: values[word]}

    return cell


def money_cell(random: Random, _one: Made, habits: Habits) -> tuple[Any, Told]:
    amount = random.randint(5, 900) * 100
    if habits.dates == "cell":
        return float(amount), {}
    return random.choice([f"{amount:,}".replace(",", "\u00a0") + " ₽", f"{amount} руб.", f"{amount},00"]), {}


def day_cell(path: str | None = None, *, after: int = 2020) -> Callable[..., tuple[Any, Told]]:
    def cell(random: Random, _one: Made, habits: Habits) -> tuple[Any, Told]:
        day = dt.date(random.randint(after, 2026), random.randint(1, 12), random.randint(1, 28))
        written = written_date(random, day, habits.dates, language=habits.language)
        return written, {path: day} if path else {}

    return cell
