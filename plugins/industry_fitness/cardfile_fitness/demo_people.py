"""Made-up people: names, phones and wishes that look like those of a club in Moscow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from cardfile_fitness.card import GOALS, INTERESTS

__all__ = ["Name", "birthday", "companies", "email", "names", "phones", "tax_number", "wishes"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES = _words("""
Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков
Алексеев Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин
Захаров Зайцев Соловьёв Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов
Александров Дмитриев Королёв Гусев Киселёв Ильин Максимов Поляков Сорокин Виноградов Ковалёв Белов
Медведев Антонов Тарасов Жуков Баранов Филиппов Комаров Давыдов Беляев Герасимов Богданов Осипов
Сидоров Матвеев Титов Марков Миронов Крылов Куликов Карпов Власов Мельников Денисов Гаврилов Тихонов
Казаков Афанасьев Данилов Савельев Тимофеев Фомин Чернов Абрамов Мартынов Ефимов Федотов Щербаков
Назаров Калинин Исаев Чернышёв Быков Маслов Родионов Коновалов Лазарев Воронин Климов Филатов
Пономарёв Голубев Кудрявцев Прохоров Наумов Потапов Журавлёв Овчинников Трофимов Леонов Соболев
Ермаков Колесников Гончаров
""")
MEN = _words("""
Александр Дмитрий Максим Сергей Андрей Алексей Артём Илья Кирилл Михаил Никита Матвей Роман Егор
Арсений Иван Денис Даниил Тимофей Владислав Игорь Павел Руслан Марк Константин Тимур Олег Ярослав
Антон Николай Глеб Евгений Виктор Григорий Юрий Пётр Вячеслав Фёдор Борис Станислав
""")
WOMEN = _words("""
Анастасия Мария Анна Виктория Екатерина Наталья Марина Полина София Дарья Алиса Ксения Александра
Елена Ольга Юлия Татьяна Ирина Светлана Валерия Алёна Кристина Вероника Евгения Маргарита Людмила
Галина Диана Карина Надежда Яна Оксана Лариса Тамара Любовь Нина Регина Алина Варвара Ульяна
""")
FATHERS = _words("""
Александров Дмитриев Сергеев Андреев Алексеев Михайлов Владимиров Николаев Иванов Викторов Юрьев
Петров Олегов Павлов Игорев Евгеньев Анатольев Борисов Константинов Вячеславов
""")
FOREIGN = (
    ("James", "Wilson", "male"), ("Emma", "Clark", "female"), ("Oliver", "Brown", "male"),
    ("Sophie", "Martin", "female"), ("Lucas", "Weber", "male"), ("Anna", "Schmidt", "female"),
    ("Marco", "Rossi", "male"), ("Julia", "Novak", "female"), ("Daniel", "Evans", "male"),
    ("Laura", "Bianchi", "female"), ("Peter", "Jansen", "male"), ("Katie", "Moore", "female"),
)  # fmt: skip
COMPANIES = (
    "ООО «Северный Ветер»", "АО «Лабиринт Медиа»", "ООО «Ромашка и Партнёры»", "ООО «Бюро Линия»",
    "АО «Точные Приборы»", "ООО «Кофейня на Углу»", "ООО «Городские Окна»", "АО «Восток Транс»",
    "ООО «Студия Кадр»", "ООО «Аптека Здоровый День»", "Bright Lane Studio LLC", "Harbour Consulting Ltd",
    "ООО «Тёплый Дом»", "АО «Вектор Софт»", "ООО «Зелёный Двор»",
)  # fmt: skip
OPERATORS = _words("903 905 906 909 910 915 916 917 925 926 929 964 977 985 999")
MAIL = _words("mail.example yandex.example post.example inbox.example")
GOAL_WEIGHTS = (28, 34, 16, 8, 7, 7)
SOURCES = _words("referral site maps social walk_in advert search call leaflet partner")
SOURCE_WEIGHTS = (24, 18, 13, 14, 12, 8, 5, 3, 2, 1)
LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        _words("a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh sch - y - e yu ya"),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its parts, and the gender that a Russian name tells."""

    first: str
    last: str
    middle: str | None
    gender: str

    @property
    def parts(self) -> dict[str, object]:
        """The name as a client's values; foreigners speak English."""
        parts: dict[str, object] = {
            "last_name": self.last,
            "first_name": self.first,
            "middle_name": self.middle,
            "gender": self.gender,
        }
        return parts | ({"language": "en"} if self.first.isascii() else {"language": "ru"})

    @property
    def login(self) -> str:
        """The name in Latin letters, as in an e-mail address."""
        text = f"{self.first}.{self.last}".lower()
        return "".join(LETTERS.get(letter, letter) for letter in text).replace("-", "")


def names(random: Random) -> Iterator[Name]:
    """Yield names without end, now and then a foreign one."""
    while True:
        if random.random() < 0.04:
            first, last, gender = random.choice(FOREIGN)
            yield Name(first, last, None, gender)
        elif random.random() < 0.58:
            yield Name(
                random.choice(WOMEN), random.choice(SURNAMES) + "а", _of_father(random, "на"), "female"
            )
        else:
            yield Name(random.choice(MEN), random.choice(SURNAMES), _of_father(random, "ич"), "male")


def _of_father(random: Random, ending: str) -> str | None:
    return random.choice(FATHERS) + ending if random.random() < 0.7 else None


def phones(random: Random) -> Iterator[str]:
    """Yield mobile numbers without end, each once, written as people write them."""
    seen: set[str] = set()
    while True:
        code, number = random.choice(OPERATORS), f"{random.randrange(10_000_000):07}"
        if code + number in seen:
            continue
        seen.add(code + number)
        first, second, third = number[:3], number[3:5], number[5:]
        yield random.choice(
            (
                f"+7 {code} {first}-{second}-{third}",
                f"8 ({code}) {first}-{second}-{third}",
                f"8{code}{number}",
                f"{code} {first} {second} {third}",
            )
        )


def email(random: Random, name: Name, number: int) -> str:
    """Return an address that belongs to nobody."""
    return f"{name.login}{number}@{random.choice(MAIL)}"


def companies(random: Random, number: int) -> list[str]:
    """Return names of firms."""
    return random.sample(COMPANIES, min(number, len(COMPANIES)))


def birthday(random: Random, today: date) -> date:
    """Return the birthday of somebody between sixteen and seventy, most of them around thirty-five."""
    age = min(70.0, max(16.0, random.gauss(35, 11)))
    return today - timedelta(days=int(age * 365.25))


def wishes(random: Random) -> dict[str, object]:
    """Return what somebody wants of the club."""
    interests = random.sample([one.key for one in INTERESTS], random.choice((1, 1, 2, 2, 3)))
    return {
        "fitness.goal": random.choices([one.key for one in GOALS], GOAL_WEIGHTS)[0],
        "fitness.interests": interests,
        "fitness.expected_visits_per_week": random.choice((1, 2, 2, 3, 3, 4)),
        "source": random.choices(SOURCES, SOURCE_WEIGHTS)[0],
    }


def tax_number(random: Random) -> str:
    """Return a taxpayer's number of a firm whose check digit holds."""
    digits = [7, 7, *(random.randrange(10) for _ in range(7))]
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    check = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11 % 10
    return "".join(map(str, (*digits, check)))
