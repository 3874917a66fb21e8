"""Lists as other programs and careful offices give them: headings written down from their manuals and habits."""

# ruff: noqa: E501  (a table of lists is read line by line)

from collections.abc import Mapping, Sequence
from typing import Any, Final

Cells = Sequence[Any]

EXPORTS: Final[Mapping[str, tuple[Mapping[str, str], Sequence[Cells]]]] = {
    "Bitrix24": (
        {"Имя": "first_name", "Фамилия": "last_name", "Отчество": "middle_name", "Рабочий телефон": "phones",
         "Мобильный телефон": "phones", "Рабочий e-mail": "emails", "Компания": "company", "Должность": "position",
         "Ответственный": "owner", "Комментарий": "comment", "ID": "-", "Дата создания": "-", "Тип контакта": "-|kind",
         "Доступен для всех": "-"},
        (
            ("ID", "Тип контакта", "Имя", "Фамилия", "Отчество", "Рабочий телефон", "Мобильный телефон", "Рабочий e-mail",
             "Компания", "Должность", "Ответственный", "Доступен для всех", "Дата создания", "Комментарий"),
            (17, "Клиенты", "Анна", "Круглова", "Олеговна", "+7 495 123-45-67", "+7 916 123-45-67", "anna@krug.ru",
             "ООО «Круг»", "директор", "Иван Белов", "да", "12.03.2024 10:15:00", "любит кофе"),
            (18, "Партнеры", "Пётр", "Гуляев", "", "", "8 905 777-66-55", "petr@mail.ru", "", "", "Иван Белов", "нет",
             "13.03.2024 11:00:00", ""),
        ),
    ),
    "amoCRM": (
        {"Полное имя контакта": "name", "Рабочий телефон": "phones", "Мобильный телефон": "phones",
         "Рабочий email": "emails", "Компания контакта": "company", "Должность (контакт)": "position", "Теги": "tags",
         "Ответственный за контакт": "owner", "Примечание 1": "comment", "Дата создания контакта": "-", "ID": "-"},
        (
            ("ID", "Полное имя контакта", "Компания контакта", "Ответственный за контакт", "Дата создания контакта",
             "Теги", "Должность (контакт)", "Рабочий телефон", "Мобильный телефон", "Рабочий email", "Примечание 1"),
            (901, "Сергей Новосёлов", "АО Маяк", "Анна", "01.02.2025 12:00:00", "опт, vip", "закупщик", "'+74951234567",
             "'+79161112233", "s@mayak.ru", "перезвонить"),
            (902, "Инна Котова", "", "Анна", "02.02.2025 12:00:00", "", "", "", "'+79161112234", "inna@mail.ru", ""),
        ),
    ),
    "YCLIENTS": (
        {"Имя": "name|first_name", "Телефон": "phones", "Email": "emails", "Категории": "tags|-",
         "Дата рождения": "birthday", "Пол": "gender", "Важность": "-", "Скидка": "-", "Карта": "fitness.card_number",
         "Первый визит": "-|fitness.joined_on", "Последний визит": "-", "Количество посещений": "-", "Потрачено": "-",
         "Комментарий": "comment"},
        (
            ("Имя", "Телефон", "Email", "Категории", "Дата рождения", "Пол", "Важность", "Скидка", "Карта",
             "Первый визит", "Последний визит", "Количество посещений", "Потрачено", "Комментарий"),
            ("Мария Белова", 79161234567, "m@mail.ru", "VIP", "1990-05-04", "Женский", "Золото", 5, "0012", "2023-01-02",
             "2025-10-01", 14, 25600, "аллергия"),
            ("Оксана", 79161234568, "", "", "", "Женский", "", 0, "", "2024-02-02", "2024-02-02", 1, 1200, ""),
            ("Игорь Дымов", 79161234569, "i@mail.ru", "Новые", "1985-11-30", "Мужской", "", 0, "", "2025-02-02",
             "2025-03-02", 2, 4000, ""),
        ),
    ),
    "1C counterparties": (
        {"Наименование": "name", "Полное наименование": "-|name|company", "ИНН": "tax_number", "КПП": "-", "Телефон": "phones",
         "Электронная почта": "emails", "Юридический адрес": "address", "Основной менеджер": "owner", "Вид контрагента": "kind",
         "Код": "-"},
        (
            ("Контрагенты",),
            (),
            ("Код", "Наименование", "Полное наименование", "Вид контрагента", "ИНН", "КПП", "Телефон",
             "Электронная почта", "Юридический адрес", "Основной менеджер"),
            ("00-00000012", "Ромашка ООО", "Общество с ограниченной ответственностью «Ромашка»", "Юридическое лицо",
             7707083893.0, 770701001, "(495) 123-45-67", "info@romashka.ru", "127001, Москва г, Лесная ул, дом 5", "Белов И."),
            ("00-00000013", "Петров Иван Сергеевич", "Петров Иван Сергеевич", "Физическое лицо", None, None,
             "8 916 222-33-44", None, "Тула г, Мира пр-кт, дом 7", "Белов И."),
            ("00-00000014", "Вега АО", "Акционерное общество «Вега»", "Юридическое лицо", 7702070139.0, 770201001,
             "(495) 765-43-21", "vega@vega.ru", None, None),
        ),
    ),
    "Google contacts": (
        {"Name": "name", "Given Name": "first_name", "Family Name": "last_name", "Birthday": "birthday", "Notes": "comment",
         "E-mail 1 - Value": "emails", "Phone 1 - Value": "phones", "Phone 2 - Value": "phones",
         "Organization 1 - Name": "company", "Organization 1 - Title": "position", "Address 1 - City": "city",
         "E-mail 1 - Type": "-", "Phone 1 - Type": "-", "Phone 2 - Type": "-", "Address 1 - Street": "address"},
        (
            ("Name", "Given Name", "Family Name", "Birthday", "Notes", "E-mail 1 - Type", "E-mail 1 - Value",
             "Phone 1 - Type", "Phone 1 - Value", "Phone 2 - Type", "Phone 2 - Value", "Organization 1 - Name",
             "Organization 1 - Title", "Address 1 - Street", "Address 1 - City"),
            ("John Smith", "John", "Smith", "1980-01-02", "met at fair", "* Work", "john@smith.com", "Mobile",
             "+44 20 7946 0958", "Home", "", "Acme Ltd", "CEO", "5 High Street", "Leeds"),
            ("Mary Okafor", "Mary", "Okafor", "", "", "Home", "mary@okafor.org", "Work", "+1 415 555 2671", "", "",
             "", "", "", "York"),
        ),
    ),
    "Outlook": (
        {"First Name": "first_name", "Middle Name": "middle_name", "Last Name": "last_name", "Company": "company",
         "Job Title": "position", "Business Phone": "phones", "Home Phone": "phones", "Mobile Phone": "phones",
         "E-mail Address": "emails", "Home Street": "address", "Home City": "city", "Birthday": "birthday", "Notes": "comment",
         "Title": "-", "Suffix": "-", "Home Postal Code": "-|address", "Business Fax": "-|phones", "Gender": "gender"},
        (
            ("Title", "First Name", "Middle Name", "Last Name", "Suffix", "Company", "Job Title", "Home Street", "Home City",
             "Home Postal Code", "Business Fax", "Business Phone", "Home Phone", "Mobile Phone", "Birthday", "E-mail Address",
             "Gender", "Notes"),
            ("Mr.", "Paul", "J.", "Jones", "", "Jones LLC", "Owner", "7 Park Ave", "Boston", "02139", "", "+1 415 555 2672",
             "", "+1 415 555 2673", "3/14/1975", "paul@jones.com", "Male", "prefers mail"),
            ("Ms.", "Ann", "", "Lee", "", "", "", "", "Austin", "73301", "", "", "+1 415 555 2674", "", "", "ann@lee.com",
             "Female", ""),
        ),
    ),
    "HubSpot": (
        {"Record ID": "-", "First Name": "first_name", "Last Name": "last_name", "Email": "emails", "Phone Number": "phones",
         "Contact owner": "owner", "Associated Company": "company", "Lifecycle Stage": "-", "Create Date": "-",
         "Last Activity Date": "-", "Lead Status": "standing|-"},
        (
            ("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Contact owner", "Associated Company",
             "Lifecycle Stage", "Lead Status", "Create Date", "Last Activity Date"),
            (501, "Emma", "Clark", "emma@clark.co", "+44 7911 123456", "Bob (bob@acme.com)", "Clark & Co", "Lead", "Open",
             "2024-05-01 10:11", "2024-06-01 08:00"),
            (502, "Noah", "White", "noah@white.co", "", "Bob (bob@acme.com)", "", "Customer", "", "2024-05-02 10:11", ""),
        ),
    ),
    "Mailchimp": (
        {"Email Address": "emails", "First Name": "first_name", "Last Name": "last_name", "Phone Number": "phones",
         "MEMBER_RATING": "-", "OPTIN_TIME": "-", "TAGS": "tags", "Address": "address", "LAST_CHANGED": "-"},
        (
            ("Email Address", "First Name", "Last Name", "Address", "Phone Number", "MEMBER_RATING", "OPTIN_TIME",
             "LAST_CHANGED", "TAGS"),
            ("kim@ex.com", "Kim", "Brown", "1 Main St", "+14155552675", 2, "2024-01-01 10:00:00", "2024-02-01 10:00:00",
             "news, vip"),
            ("lou@ex.com", "Lou", "Green", "", "", 3, "2024-01-05 10:00:00", "2024-02-01 10:00:00", ""),
        ),
    ),
    "dental clinic": (
        {"Фамилия Имя Отчество пациента": "name", "Дата рожд.": "birthday", "Моб.тел.": "phones", "Дом.тел.": "phones",
         "Первичный приём": "-", "Леч. врач": "-|owner", "Примеч.": "comment", "№ карты": "-|fitness.card_number"},
        (
            ("Стоматология «Жемчуг»", None, None, "Картотека"),
            ("№ карты", "Фамилия Имя Отчество пациента", "Дата рожд.", "Моб.тел.", "Дом.тел.", "Первичный приём",
             "Леч. врач", "Примеч."),
            (101, "Агапова Вера Ильинична", "03.04.61", "8(916)1234567", "499-123-45-67", "12.01.2020", "Зубов", "арахис!"),
            (102, "Зыков П. Р.", "1970", "9161234568", None, "13.01.2020", "Зубов", None),
        ),
    ),
    "windows orders": (
        {"№ заказа": "-", "Заказчик": "name", "Конт. телефон": "phones", "Адрес установки": "address|-", "Сумма заказа": "-|deal:amount",
         "Предоплата": "-", "Остаток": "-", "Дата монтажа": "-", "Менеджер": "owner", "Прим-е": "comment"},
        (
            ("№ заказа", "Заказчик", "Конт. телефон", "Адрес установки", "Сумма заказа", "Предоплата", "Остаток",
             "Дата монтажа", "Менеджер", "Прим-е"),
            ("А-17", "Климов Олег", "89161234567", "Мира 5-12", "54 300", "20 000", "34 300", "12.11.2025", "Оля", "3 окна"),
            ("А-18", "ООО Стройдом", "84951234567 доб 3", "Лесная 7", "150 000", "75 000", "75 000", "20.11.2025", "Оля", None),
        ),
    ),
    "school": (
        {"Ф.И. ученика": "name", "Класс": "-|tags", "Дата рожд": "birthday", "ФИО родителя": "-|comment",
         "Телефон родителя": "phones", "Эл. почта": "emails", "Льгота": "-"},
        (
            ("Список 5 «А» класса",),
            ("№", "Ф.И. ученика", "Класс", "Дата рожд", "ФИО родителя", "Телефон родителя", "Эл. почта", "Льгота"),
            (1, "Быков Саша", "5А", "12.05.2014", "Быкова Инна Петровна", "8-916-123-45-67", "bykova@mail.ru", None),
            (2, "Волкова Лиза", "5А", "01.09.2014", "Волков Пётр Ильич", "8-916-123-45-68", None, "да"),
            (3, "Гусев Дима", "5А", None, "Гусева Яна", "8-916-123-45-69", "gus@mail.ru", None),
        ),
    ),
    "house owners": (
        {"ПІБ абонента": "name", "Конт. телефон": "phones", "Вулиця": "address", "Буд.": "address|-", "Кв.": "address|-",
         "Борг, грн": "-", "№ з/п": "-"},
        (
            ("№ з/п", "ПІБ абонента", "Конт. телефон", "Вулиця", "Буд.", "Кв.", "Борг, грн"),
            (1, "Шевчук Ольга Іванівна", "067 123 45 67", "Садова", "5", "12", "1 250,00"),
            (2, "Кравець Микола", "+380501234567", "Садова", "5а", "13", 0),
        ),
    ),
    "estate requests": (
        {"Дата": "-", "Имя": "name|first_name", "тел": "phones", "что ищет": "-|comment", "бюджет": "-", "откуда": "source",
         "агент": "owner|-", "статус": "standing|-"},
        (
            ("Дата", "Имя", "тел", "что ищет", "бюджет", "откуда", "агент", "статус"),
            ("1.10", "Оля", "89161234567", "2к у метро", "до 12 млн", "авито", "Лена", "думает"),
            ("2.10", "Сергей Ильин", "8 916 1234568", "дом", "20 млн", "циан", "Лена", "показ"),
            ("5.10", "Ашот", "9161234569", "1к", "7-8 млн", "рекомендация", "Ира", "отказ"),
        ),
    ),
    "gym": (
        {"Ф.И.О.": "name", "тел.": "phones", "Карта №": "fitness.card_number", "Абонемент до": "fitness.paid_until",
         "Долг": "-", "Тренер": "fitness.trainer", "ДР": "birthday", "Абонемент": "-|fitness_membership:plan"},
        (
            ("ЧЛЕНЫ КЛУБА «Олимп»", None, None, None, None, None, "01.11.2025"),
            ("Карта №", "Ф.И.О.", "тел.", "Абонемент", "Абонемент до", "Долг", "ДР", "Тренер"),
            (1001, "КРУГЛОВА АННА ОЛЕГОВНА", 89161234567, "год", "01.05.2026", None, "04.03.1988", "Макс"),
            (1002, "БЕЛОВ И.П.", "8-916-123-45-68 / 8-905-111-22-33", "3 мес.", "12.12.2025", 500, None, None),
            (None, "Заморозка", None, None, None, None, None, None),
            (1003, "ким олег", 79161234569, "год", "03.07.2026", None, "1990-01-31", "Макс"),
        ),
    ),
}  # fmt: skip
"""Lists by whose they are: the right places of their columns (`-` for none, `|` between several), and their rows."""
