"""Made-up people, streets and words for the demo company."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

__all__ = [
    "COMPLAINTS",
    "PRAISE",
    "PRODUCTS",
    "REASONS",
    "TALKS",
    "ProductMade",
    "address",
    "clients",
    "firms",
]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES: Final = _words("""
Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Новиков Морозов Волков Алексеев Лебедев Семёнов
Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев Соловьёв Борисов
Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Королёв Гусев Киселёв Ильин Поляков Сорокин
Виноградов Ковалёв Белов Медведев Антонов Тарасов Жуков Баранов Филиппов Комаров Беляев Осипов Титов
Миронов Крылов Карпов Мельников Денисов Гаврилов Тихонов Казаков Данилов Савельев Тимофеев Фомин Чернов
""")
MEN: Final = _words("""
Александр Дмитрий Максим Сергей Андрей Алексей Артём Илья Кирилл Михаил Никита Роман Егор Иван Денис
Игорь Павел Константин Тимур Олег Антон Николай Евгений Виктор Григорий Юрий Пётр Борис Станислав
""")
WOMEN: Final = _words("""
Анастасия Мария Анна Виктория Екатерина Наталья Марина Полина София Дарья Ксения Елена Ольга Юлия
Татьяна Ирина Светлана Валерия Вероника Людмила Галина Надежда Оксана Тамара Любовь Нина Варвара
""")
STREETS: Final = (
    "ул. Садовая", "ул. Лесная", "ул. Школьная", "пр-т Мира", "ул. Советская", "ул. Новая", "ул. Речная",
    "Ленинский пр-т", "ул. Гагарина", "ул. Парковая", "Цветочный пер.", "ул. Вавилова", "Южный б-р",
)  # fmt: skip
FIRMS: Final = (
    "ООО «Тёплый Дом»", "ТСЖ «Парковая, 12»", "ООО «Кофейня на Углу»", "АО «Точные Приборы»",
    "ООО «Бюро Линия»", "ИП Сафонов А. В.", "ООО «Аптека Здоровый День»", "Детский сад № 47",
)  # fmt: skip
OPERATORS: Final = _words("903 905 906 909 910 915 916 917 925 926 929 964 977 985 999")
SOURCES: Final = _words("site search maps referral call advert partner walk_in")
SOURCE_WEIGHTS: Final = (30, 18, 12, 18, 9, 6, 4, 3)

REASONS: Final = ("Дорого", "Выбрали другую компанию", "Отложили ремонт", "Не дозвонились", "Не наш регион")
PRAISE: Final = (
    ("excellent", "Приехали вовремя, всё убрали за собой."),
    ("excellent", "Стало тихо и тепло, спасибо бригаде."),
    ("good", "Окна хорошие, но ждали на неделю дольше."),
    ("good", "Всё аккуратно, менеджер на связи."),
    ("fair", "Пришлось звать ещё раз на регулировку."),
)
COMPLAINTS: Final = (
    ("adjustment", "Створка задевает раму при закрывании."),
    ("leak", "Дует из-под подоконника."),
    ("glass", "Запотевает между стёклами."),
    ("fittings", "Ручка прокручивается."),
)
TALKS: Final = (
    ("call", "incoming", "Заявка", "Просит посчитать окна, удобнее вечером."),
    ("call", "outgoing", "Договорились о замере", "Будет дома после обеда, домофон не работает."),
    ("call", "outgoing", "Назвали цену", "Сравнивает с соседями, просит скидку."),
    ("message", "outgoing", "Смета", "Отправили смету в мессенджер."),
    ("email", "outgoing", "Счёт", "Выслали счёт и договор."),
    ("note", None, None, "Нужен пропуск на въезд, предупредить за день."),
)


@dataclass(frozen=True, slots=True)
class ProductMade:
    """A product of the demo, for which kind of opening it is, and its price in roubles."""

    name: str
    code: str
    unit: str
    roubles: int
    category: str
    kind: str | None = None


PRODUCTS: Final = (
    ProductMade("Окно ПВХ, двухкамерное", "W-60", "м²", 9_800, "Окна", "window"),
    ProductMade("Окно ПВХ, трёхкамерное", "W-70", "м²", 12_400, "Окна", "window"),
    ProductMade("Окно ПВХ, премиум", "W-82", "м²", 16_900, "Окна", "window"),
    ProductMade("Балконная дверь", "D-70", "шт.", 27_500, "Двери", "balcony_door"),
    ProductMade("Остекление балкона", "B-40", "м²", 8_200, "Балконы", "balcony"),
    ProductMade("Дверь входная ПВХ", "D-82", "шт.", 48_000, "Двери", "door"),
    ProductMade("Подоконник", "S-30", "шт.", 2_900, "Отделка"),
    ProductMade("Откосы", "S-40", "шт.", 4_600, "Отделка"),
    ProductMade("Москитная сетка", "M-10", "шт.", 1_800, "Отделка"),
    ProductMade("Доставка", "T-01", "шт.", 2_000, "Услуги"),
    ProductMade("Монтаж", "T-02", "шт.", 5_500, "Услуги"),
)


def clients(random: Random) -> Iterator[dict[str, object]]:
    """Yield people without end, as values of clients, each with a number of his own."""
    seen: set[str] = set()
    while True:
        number = f"{random.choice(OPERATORS)}{random.randrange(10_000_000):07}"
        if number in seen:
            continue
        seen.add(number)
        is_woman = random.random() < 0.58
        surname = random.choice(SURNAMES)
        yield {
            "last_name": surname + "а" if is_woman else surname,
            "first_name": random.choice(WOMEN if is_woman else MEN),
            "gender": "female" if is_woman else "male",
            "language": "ru",
            "phones": [f"+7 {number[:3]} {number[3:6]}-{number[6:8]}-{number[8:]}"],
            "city": "Москва",
            "source": random.choices(SOURCES, SOURCE_WEIGHTS)[0],
        }


def firms(random: Random) -> Iterator[dict[str, object]]:
    """Yield companies, each once."""
    for place, name in enumerate(random.sample(FIRMS, len(FIRMS)), start=10):
        yield {
            "kind": "company",
            "name": name,
            "language": "ru",
            "phones": [f"+7 495 {random.randrange(200, 999)}-{random.randrange(10, 99)}-{place}"],
            "city": "Москва",
            "source": "partner",
        }


def address(random: Random) -> str:
    """Return where somebody might live."""
    flat = f", кв. {random.randrange(1, 180)}" if random.random() < 0.8 else ""
    return f"Москва, {random.choice(STREETS)}, {random.randrange(1, 90)}{flat}"
