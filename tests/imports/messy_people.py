"""Made-up people and firms, and the ways in which offices write them down."""

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


MALE: Final = words(
    "Александр Алексей Андрей Антон Артём Борис Вадим Валерий Виктор Геннадий Георгий Глеб Денис Дмитрий "
    "Егор Иван Игорь Илья Кирилл Лев Максим Михаил Никита Олег Павел Пётр Роман Семён Сергей Фёдор Эдуард "
    "Юрий Ярослав Савва Елисей Рустам Тимур "
)
FEMALE: Final = words(
    "Алёна Алина Анастасия Анна Валентина Вера Виктория Галина Дарья Евгения Екатерина Елена Зоя Инна "
    "Ирина Ксения Лариса Людмила Марина Мария Надежда Наталья Нина Оксана Ольга Полина Светлана София "
    "Татьяна Ульяна Юлия Яна Снежана Эвелина "
)
FATHERS: Final = words(
    "Александр Алексе Андре Борис Валерь Виктор Владимир Геннадь Дмитри Иван Игор Константин Михайл "
    "Никола Олег Павл Петр Роман Семен Серге Степан Фёдор Юрь "
)
SURNAMES: Final = words(
    "Иванов Петров Сидоров Смирнов Кузнецов Попов Васильев Соколов Михайлов Новиков Фёдоров Морозов "
    "Волков Лебедев Козлов Николаев Орлов Макаров Никитин Захаров Зайцев Соловьёв Борисов Яковлев "
    "Григорьев Романов Воробьёв Кулагин Тихонин Пантелеев Гусев Титов Ларин Щукин Ермолаев Хлебников "
)
ODD_SURNAMES: Final = words(
    "Шевченко Бондаренко Черных Седых Живаго Гримм Шмидт Гогия Цой Ким Мкртчян Саакян Берг Кравец Мельник "
    "Коваль Лысенко Дзюба Ткачук "
)
DOUBLE: Final = ("Римский-Корсаков", "Петров-Водкин", "Салтыков-Щедрин", "Мамин-Сибиряк")
ENGLISH_FIRST: Final = words(
    "John Mary James Patricia Robert Jennifer Michael Linda William Elizabeth David Susan Sarah Daniel "
    "Karen Thomas Nancy Emma Oliver Amelia Noah Ava Liam Grace Kwame Priya Wei Fatima "
)
ENGLISH_LAST: Final = words(
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Wilson Anderson Taylor Moore Jackson Lee "
    "Thompson White Harris Clark Lewis Walker O'Neill McDonald Okafor Patel Chen "
)
KAZAKH: Final = (
    ("Ахметов", "Ерлан", "Серікұлы"),
    ("Нұрланова", "Әсел", "Қайратқызы"),
    ("Сәрсенбаев", "Дәурен", ""),
    ("Оспанова", "Гүлнәр", ""),
    ("Жұмабаев", "Бауыржан", ""),
)
UKRAINIAN: Final = (
    ("Шевченко", "Олександр", "Іванович"),
    ("Коваленко", "Наталія", "Петрівна"),
    ("Бондар", "Андрій", "Васильович"),
    ("Ткаченко", "Оксана", "Миколаївна"),
    ("Мельник", "Юрій", ""),
)
CITIES: Final = (
    "Москва",
    "Казань",
    "Тула",
    "Екатеринбург",
    "Нижний Новгород",
    "Сочи",
    "Пермь",
    "Уфа",
    "Омск",
)
STREETS: Final = ("Ленина", "Мира", "Садовая", "Гагарина", "Советская", "Лесная", "Победы", "Кирова")
FIRM_WORDS: Final = words(
    "Ромашка Вектор Альфа Строймонтаж Горизонт Северный_ветер Технолайн Уют Мир_окон Дентал_Плюс Прогресс "
    "ТехноСервис Логистик Агроснаб Мебельщик Пчёлка "
)
FORMS: Final = ("ООО «{}»", 'ООО "{}"', "{} ООО", 'АО "{}"', 'ЗАО "{}"', "ООО {}", 'ООО ТД "{}"', 'ТОО "{}"')
ENGLISH_FIRMS: Final = (
    "Acme Ltd",
    "Blue Sky LLC",
    "Northwind Inc.",
    "Baker & Sons Ltd.",
    "Globex Corporation",
)


@dataclass
class Made:
    """Somebody made up: what a right import knows of him, whichever way a list writes it."""

    last: str = ""
    first: str = ""
    middle: str = ""
    company: str = ""
    is_company: bool = False
    is_female: bool = False
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    birthday: dt.date | None = None
    inn: str = ""
    city: str = ""
    address: str = ""
    language: str = "ru"

    @property
    def full(self) -> str:
        """The name as the card tells it."""
        if self.is_company:
            return self.company
        order = (
            (self.first, self.middle, self.last)
            if self.language == "en"
            else (self.last, self.first, self.middle)
        )
        return " ".join(filter(None, order))


def patronymic(stem: str, *, is_female: bool) -> str:
    soft = stem[-1] in "еиь"
    stem = stem[:-1] + "ь" if stem.endswith("ь") else stem
    if stem == "Михайл":
        return "Михайловна" if is_female else "Михайлович"
    if stem[-1] in "ие":
        return stem + ("евна" if is_female else "евич")
    if soft:
        return stem + ("евна" if is_female else "евич")
    return stem + ("овна" if is_female else "ович")


def surname(random: Random, *, is_female: bool) -> str:
    if random.random() < 0.12:
        return random.choice(ODD_SURNAMES)
    if random.random() < 0.04:
        one = random.choice(DOUBLE)
        return (
            one.replace("ов-", "ова-").removesuffix("ов") + "ова"
            if is_female and one.endswith("ков")
            else one
        )
    one = random.choice(SURNAMES)
    return one + "а" if is_female else one


def made_up(random: Random, *, language: str = "ru", company: bool = False) -> Made:
    """Somebody new; phones and numbers do not exist by intent of nobody."""
    one = Made(language=language)
    if company:
        one.is_company = True
        if language == "en":
            one.company = f"{random.choice(ENGLISH_LAST)} {random.choice(ENGLISH_FIRMS)}"
        else:
            word = random.choice(FIRM_WORDS).replace("_", " ") + random.choice(["", "", "-М", " 2000"])
            one.company = random.choice(FORMS).format(word)
    elif language == "en":
        one.first, one.last = random.choice(ENGLISH_FIRST), random.choice(ENGLISH_LAST)
    elif language == "kk" and random.random() < 0.6:
        one.last, one.first, one.middle = random.choice(KAZAKH)
    elif language == "uk" and random.random() < 0.6:
        one.last, one.first, one.middle = random.choice(UKRAINIAN)
    else:
        one.is_female = random.random() < 0.5
        one.last = surname(random, is_female=one.is_female)
        one.first = random.choice(FEMALE if one.is_female else MALE)
        if random.random() < 0.75:
            one.middle = patronymic(random.choice(FATHERS), is_female=one.is_female)
    one.phones = [_number(random, language) for _ in range(2 if random.random() < 0.2 else 1)]
    mark = random.randrange(10_000)
    host = random.choice(["mail.ru", "yandex.ru", "gmail.com", "bk.ru", "example.com"])
    one.emails = [
        f"{random.choice('abcdefgklmnoprst')}{mark}.{random.choice(['box', 'home', 'office'])}@{host}"
    ]
    one.birthday = dt.date(random.randint(1941, 2012), random.randint(1, 12), random.randint(1, 28))
    one.inn = _inn(random, 10 if company else 12)
    one.city = random.choice(CITIES)
    one.address = f"ул. {random.choice(STREETS)}, д. {random.randint(1, 120)}, кв. {random.randint(1, 300)}"
    if language == "en":
        one.city = random.choice(["London", "Leeds", "York", "Boston", "Austin"])
        one.address = f"{random.randint(1, 400)} {random.choice(['High Street', 'Park Ave', 'Main St'])}"
    return one


def _number(random: Random, language: str) -> str:
    if language == "en" and random.random() < 0.5:
        return f"+1415555{random.randint(2000, 8999)}"
    if language == "uk":
        return f"+38067{random.randint(1000000, 9999999)}"
    if language == "kk":
        return f"+7701{random.randint(1000000, 9999999)}"
    if random.random() < 0.1:
        return f"+7495{random.randint(2000000, 7999999)}"
    return f"+79{random.choice(['16', '26', '03', '05', '65', '85'])}{random.randint(1000000, 9999999)}"


def _inn(random: Random, length: int) -> str:
    digits = [
        random.choice((0, 5, 7)),
        random.randint(1, 9),
        *(random.randint(0, 9) for _ in range(length - 2)),
    ]

    def check(weights: tuple[int, ...]) -> int:
        return sum(one * two for one, two in zip(digits, weights, strict=False)) % 11 % 10

    if length == 10:
        digits[9] = check((2, 4, 10, 3, 5, 9, 4, 6, 8))
    else:
        digits[10] = check((7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
        digits[11] = check((3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
    return "".join(map(str, digits))


def written_phone(random: Random, number: str, style: str) -> Any:
    """Return a number as a list has it; `style` is the habit of the whole list."""
    digits = number.removeprefix("+")
    if not digits.startswith("7"):
        return random.choice([number, f"+{digits[:-10]} {digits[-10:-7]} {digits[-7:-4]} {digits[-4:]}"])
    code, one, two, three = digits[1:4], digits[4:7], digits[7:9], digits[9:]
    if style == "mixed":
        style = random.choice(
            ["dashes", "plus", "brackets", "float", "bare", "spaces", "ten", "dots", "label"]
        )
    return {
        "dashes": f"8-{code}-{one}-{two}-{three}",
        "plus": f"+7 {code} {one}-{two}-{three}",
        "brackets": f"8 ({code}) {one}-{two}-{three}",
        "float": float(digits),
        "eight": float("8" + digits[1:]),
        "bare": "8" + digits[1:],
        "spaces": f"8 {code} {one} {two} {three}",
        "ten": float(digits[1:]),
        "dots": f"+7.{code}.{one}.{two}{three}",
        "label": f"моб. +7({code}){one}{two}{three}",
        "e164": number,
    }[style]


MONTHS: Final = words("января февраля марта апреля мая июня июля августа сентября октября ноября декабря ")
ENGLISH_MONTHS: Final = words(
    "January February March April May June July August September October November December "
)


def written_date(random: Random, day: dt.date, style: str, *, language: str = "ru") -> Any:
    """Return a day as a list has it."""
    if style == "mixed":
        style = random.choice(["cell", "dots", "short", "words", "iso", "serial"])
    match style:
        case "cell":
            return day
        case "dots":
            return f"{day:%d.%m.%Y}"
        case "short":
            return f"{day:%d.%m.%y}"
        case "year":
            return f"{day:%d.%m.%Y} г."
        case "words":
            if language == "en":
                return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}"
            return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        case "serial":
            return (day - dt.date(1899, 12, 30)).days
        case _:
            return day.isoformat()
