"""What a fitness club adds to the card of a client."""

from cardfile.declarations import days
from cardfile.model.computed import count, latest
from cardfile.model.fields import CardField, Choice, Kind
from cardfile_fitness.entities import memberships, visits

__all__ = ["CARD_FIELDS", "GOALS", "INTERESTS"]

GOALS = (
    Choice(
        "health",
        {"en": "Health", "ru": "Здоровье"},
        synonyms=("для здоровья", "оздоровление", "самочувствие", "тонус"),
    ),
    Choice(
        "weight",
        {"en": "Losing weight", "ru": "Похудение"},
        synonyms=("похудеть", "снижение веса", "сбросить вес", "вес", "жиросжигание"),
    ),
    Choice(
        "strength",
        {"en": "Strength", "ru": "Набор массы"},
        synonyms=("сила", "масса", "набор мышечной массы", "накачаться", "мышцы", "muscle"),
    ),
    Choice("endurance", {"en": "Endurance", "ru": "Выносливость"}, synonyms=("кардио", "марафон", "бег")),
    Choice("flexibility", {"en": "Flexibility", "ru": "Гибкость"}, synonyms=("растяжка", "пластика")),
    Choice(
        "recovery",
        {"en": "Recovery", "ru": "Восстановление"},
        synonyms=("реабилитация", "после травмы", "спина", "лфк"),
    ),
)
INTERESTS = (
    Choice(
        "gym", {"en": "Gym", "ru": "Тренажёрный зал"}, synonyms=("тренажерка", "зал", "железо", "тренажёры")
    ),
    Choice(
        "swimming", {"en": "Swimming", "ru": "Бассейн"}, synonyms=("плавание", "аква", "аквааэробика", "pool")
    ),
    Choice("yoga", {"en": "Yoga", "ru": "Йога"}, synonyms=("хатха", "медитация")),
    Choice("pilates", {"en": "Pilates", "ru": "Пилатес"}),
    Choice("dance", {"en": "Dance", "ru": "Танцы"}, synonyms=("зумба", "zumba", "латина")),
    Choice("cycle", {"en": "Cycle", "ru": "Сайкл"}, synonyms=("велотренировка", "сайклинг", "спиннинг")),
    Choice("boxing", {"en": "Boxing", "ru": "Бокс"}, synonyms=("единоборства", "кикбоксинг", "каратэ")),
    Choice("crossfit", {"en": "CrossFit", "ru": "Кроссфит"}, synonyms=("функциональный тренинг", "hiit")),
    Choice("sauna", {"en": "Sauna and spa", "ru": "Сауна и спа"}, synonyms=("баня", "спа", "хамам")),
    Choice(
        "children", {"en": "Classes for children", "ru": "Детские занятия"}, synonyms=("дети", "детский клуб")
    ),
)

CARD_FIELDS = (
    CardField(
        "goal",
        {"en": "Training goal", "ru": "Цель занятий"},
        Kind.CHOICE,
        on="client",
        choices=GOALS,
        synonyms=(
            "цель",
            "цель тренировок",
            "мета",
            "мета тренувань",
            "мақсаты",
            "цель посещения",
            "goal",
            "fitness goal",
        ),
        slots=("card", "list"),
        position=10,
    ),
    CardField(
        "interests",
        {"en": "Interests", "ru": "Интересы"},
        Kind.CHOICES,
        on="client",
        choices=INTERESTS,
        synonyms=("направления", "виды занятий", "что интересно", "предпочтения", "classes"),
        position=20,
    ),
    CardField(
        "trainer",
        {"en": "Personal trainer", "ru": "Тренер"},
        Kind.USER,
        on="client",
        synonyms=(
            "персональный тренер",
            "личный тренер",
            "персональний тренер",
            "жаттықтырушы",
            "бапкер",
            "инструктор",
            "фио тренера",
            "trainer",
            "coach",
        ),
        slots=("card", "list"),
        position=30,
    ),
    CardField(
        "expected_visits_per_week",
        {"en": "Visits planned per week", "ru": "Посещений в неделю (план)"},
        Kind.INTEGER,
        on="client",
        synonyms=("посещений в неделю", "тренировок в неделю", "раз в неделю", "visits per week"),
        position=40,
    ),
    CardField(
        "medical_note",
        {"en": "Medical note", "ru": "Медицинские противопоказания"},
        Kind.LONG_TEXT,
        on="client",
        synonyms=(
            "противопоказания",
            "здоровье",
            "ограничения по здоровью",
            "травмы",
            "медицинские показания",
        ),
        position=50,
    ),
    CardField(
        "contract_number",
        {"en": "Contract", "ru": "Номер договора"},
        Kind.TEXT,
        on="client",
        max_length=40,
        synonyms=(
            "договор",
            "№ договора",
            "договір",
            "номер договору",
            "шарт",
            "шарт нөмірі",
            "договор №",
            "contract number",
        ),
        position=60,
    ),
    CardField(
        "card_number",
        {"en": "Club card", "ru": "Номер карты"},
        Kind.TEXT,
        on="client",
        max_length=40,
        synonyms=(
            "карта",
            "№ карты",
            "клубная карта",
            "номер клубной карты",
            "карта клиента",
            "card number",
            "card",
        ),
        position=61,
    ),
    CardField(
        "joined_on",
        {"en": "Member since", "ru": "В клубе с"},
        Kind.DATE,
        on="client",
        synonyms=(
            "дата вступления",
            "дата покупки",
            "дата первой покупки",
            "клиент с",
            "joined",
            "member since",
        ),
        position=62,
    ),
    CardField(
        "paid_until",
        {"en": "Paid until, by earlier records", "ru": "Оплачено до (по прежним спискам)"},
        Kind.DATE,
        on="client",
        hint={
            "en": "What the list said from which the client came; memberships sold here say it themselves.",
            "ru": "Так было в списке, из которого пришёл клиент; у проданных здесь абонементов есть своя дата.",
        },
        synonyms=(
            "абонемент до",
            "действует до",
            "срок действия",
            "срок абонемента",
            "дата окончания",
            "дата окончания абонемента",
            "окончание абонемента",
            "абонемент действует до",
            "оплачено до",
            "membership end",
            "membership until",
            "valid until",
            "expires",
        ),
        position=69,
    ),
    CardField(
        "membership_ends",
        {"en": "Membership ends", "ru": "Дата окончания абонемента"},
        Kind.DATE,
        on="client",
        computed=latest(memberships.ends_on),
        stored=True,
        slots=("card", "list", "header"),
        position=70,
    ),
    CardField(
        "last_visit",
        {"en": "Last visit", "ru": "Последнее посещение"},
        Kind.DATETIME,
        on="client",
        computed=latest(visits.entered_at),
        stored=True,
        synonyms=(
            "последний визит",
            "дата последнего посещения",
            "останній візит",
            "соңғы келуі",
            "был последний раз",
            "last visit date",
        ),
        slots=("card", "list"),
        position=80,
    ),
    CardField(
        "visits_total",
        {"en": "Visits in all", "ru": "Посещений всего"},
        Kind.INTEGER,
        on="client",
        computed=count(visits),
        stored=True,
        position=81,
    ),
    CardField(
        "visits_in_month",
        {"en": "Visits in 30 days", "ru": "Посещений за 30 дней"},
        Kind.INTEGER,
        on="client",
        computed=count(visits, last=days(30), when=visits.entered_at),
        position=82,
    ),
)
"""The lines of a club on the card of a client."""
