"""The closed sets of words about clients, with the other words that people use for them."""

from enum import StrEnum

from cardfile.clients.headers import words
from cardfile.model.fields import Choice

__all__ = ["CHANNELS", "CONTACT_KINDS", "GENDERS", "KINDS", "SOURCES", "STANDINGS", "TOUCHES", "Standing"]


class Standing(StrEnum):
    """How far a client has come with us."""

    LEAD = "lead"
    POTENTIAL = "potential"
    ACTIVE = "active"
    PERMANENT = "permanent"
    LOST = "lost"


KINDS = (
    Choice(
        "person",
        {"en": "Person", "ru": "Человек"},
        synonyms=words(
            "физлицо; физ лицо; физ. лицо; физическое лицо; частное лицо; фл; фізична особа; жеке тұлға; individual"
        ),
    ),
    Choice(
        "company",
        {"en": "Company", "ru": "Компания"},
        synonyms=words(
            "юрлицо; юр лицо; юр. лицо; юридическое лицо; организация; юл; ип; юридична особа; "
            "заңды тұлға; business; firm"
        ),
    ),
)
STANDINGS = (
    Choice(Standing.LEAD, {"en": "Lead", "ru": "Лид"}, "#8e8e93", words("заявка; новый; обращение; new")),
    Choice(
        Standing.POTENTIAL,
        {"en": "Potential", "ru": "Потенциальный"},
        "#0a84ff",
        words("интересуется; prospect"),
    ),
    Choice(
        Standing.ACTIVE,
        {"en": "Active", "ru": "Активный"},
        "#34c759",
        words("действующий; клиент; текущий; customer"),
    ),
    Choice(
        Standing.PERMANENT,
        {"en": "Permanent", "ru": "Постоянный"},
        "#ff9f0a",
        words("vip; регулярный; loyal"),
    ),
    Choice(
        Standing.LOST,
        {"en": "Lost", "ru": "Потерян"},
        "#ff3b30",
        words("потерянный; ушёл; отказ; бывший; former"),
    ),
)
GENDERS = (
    Choice(
        "female",
        {"en": "Female", "ru": "Женский"},
        synonyms=words("ж; жен; женщина; f; woman; жін; жінка; жіноча; әйел"),
    ),
    Choice(
        "male",
        {"en": "Male", "ru": "Мужской"},
        synonyms=words("м; муж; мужчина; m; man; чол; чоловік; чоловіча; ер; еркек"),
    ),
)
SOURCES = (
    Choice(
        "site",
        {"en": "Site", "ru": "Сайт"},
        synonyms=words("с сайта; веб-сайт; форма на сайте; website; web"),
    ),
    Choice(
        "call", {"en": "Call", "ru": "Звонок"}, synonyms=words("телефон; входящий звонок; позвонил; phone")
    ),
    Choice(
        "walk_in",
        {"en": "Walked in", "ru": "Пришёл сам"},
        synonyms=words("с улицы; проходил мимо; вывеска; самоход"),
    ),
    Choice(
        "referral",
        {"en": "Recommendation", "ru": "Рекомендация"},
        synonyms=words("по рекомендации; сарафан; знакомые; друзья; от друзей; рекомендации; word of mouth"),
    ),
    Choice(
        "search",
        {"en": "Search engine", "ru": "Поиск"},
        synonyms=words("яндекс; гугл; google; yandex; seo; поиск в интернете; интернет"),
    ),
    Choice(
        "maps",
        {"en": "Maps", "ru": "Карты"},
        synonyms=words("2гис; 2gis; яндекс карты; яндекс.карты; google maps"),
    ),
    Choice(
        "advert",
        {"en": "Advertisement", "ru": "Реклама"},
        synonyms=words("контекст; контекстная реклама; директ; яндекс директ; баннер; ads; таргет"),
    ),
    Choice(
        "social",
        {"en": "Social network", "ru": "Соцсети"},
        synonyms=words(
            "соцсети; социальные сети; вк; вконтакте; vk; instagram; инстаграм; инстаграмм; инста;"
            " facebook; telegram; телеграм; tiktok"
        ),
    ),
    Choice("leaflet", {"en": "Leaflet", "ru": "Листовка"}, synonyms=words("флаер; листовки; flyer")),
    Choice(
        "event",
        {"en": "Event", "ru": "Мероприятие"},
        synonyms=words("выставка; день открытых дверей; exhibition"),
    ),
    Choice(
        "partner", {"en": "Partner", "ru": "Партнёр"}, synonyms=words("партнеры; партнёры; корпоративный")
    ),
    Choice(
        "again",
        {"en": "Came again", "ru": "Повторно"},
        synonyms=words("повторное обращение; бывший клиент; вернулся"),
    ),
    Choice(
        "list", {"en": "From a list", "ru": "Из списка"}, synonyms=words("импорт; база; старая база; import")
    ),
    Choice("other", {"en": "Other", "ru": "Другое"}, synonyms=words("иное; прочее; не знаю; неизвестно")),
)
CHANNELS = (
    Choice("call", {"en": "Call", "ru": "Звонок"}, synonyms=words("телефон; phone")),
    Choice("sms", {"en": "SMS", "ru": "СМС"}),
    Choice(
        "messenger",
        {"en": "Messenger", "ru": "Мессенджер"},
        synonyms=words("whatsapp; telegram; вотсап; ватсап; телеграм; вайбер; viber"),
    ),
    Choice("email", {"en": "E-mail", "ru": "Почта"}, synonyms=words("e-mail; имейл; письмо; эл. почта")),
)
CONTACT_KINDS = (
    Choice("phone", {"en": "Phone", "ru": "Телефон"}),
    Choice("email", {"en": "E-mail", "ru": "Почта"}),
    Choice("messenger", {"en": "Messenger", "ru": "Мессенджер"}),
    Choice("site", {"en": "Site", "ru": "Сайт"}),
)
TOUCHES = (
    Choice("first", {"en": "First touch", "ru": "Первое касание"}),
    Choice("last", {"en": "Last touch", "ru": "Последнее касание"}),
)
