"""Headers by which an import knows the lines of a client, besides their labels: as people write them."""

from collections.abc import Mapping
from typing import Final

__all__ = ["HEADERS", "words"]


def words(text: str) -> tuple[str, ...]:
    """Return the words that `text` lists between semicolons."""
    return tuple(" ".join(word.split()) for word in text.split(";"))


HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    key: words(text)
    for key, text in {
        "name": """
            клиент; фио клиента; ф.и.о.; ф. и. о.; имя клиента; фамилия имя отчество; фамилия имя;
            фамилия, имя; фамилия и имя; имя и фамилия; имя фамилия; полное имя; наименование;
            название; контрагент; контакт; контактное лицо; заказчик; покупатель; посетитель; гость;
            член клуба; клиент (фио); fio; full name; client; customer; client name; customer name;
            contact; contact name
        """,
        "kind": """
            тип клиента; тип; вид клиента; type
        """,
        "last_name": """
            фам; фам.; фамилия клиента; surname; family name; lastname
        """,
        "first_name": """
            имя контакта; как зовут; given name; firstname
        """,
        "middle_name": """
            отч; отч.; отчество клиента; patronymic; second name; middlename
        """,
        "gender": """
            sex; м/ж; пол клиента
        """,
        "birthday": """
            дата рождения; др; д.р.; д/р; д. р.; дата рожд; дата рожд.; рождение; родился; год
            рождения; birth date; date of birth; dob; birthdate
        """,
        "company": """
            организация; место работы; фирма; предприятие; работодатель; наименование организации;
            название компании; organization; organisation; company name; firm; employer
        """,
        "position": """
            job title; job; occupation; профессия
        """,
        "tax_number": """
            инн клиента; инн организации; tax id; vat; inn; taxpayer number
        """,
        "city": """
            населённый пункт; населенный пункт; town
        """,
        "address": """
            адрес проживания; адрес клиента; домашний адрес; место жительства; street address
        """,
        "standing": """
            статус клиента; состояние; status; state
        """,
        "owner": """
            ответственный; ответственный менеджер; куратор; ведущий менеджер; ведёт; ведет; фио
            менеджера; менеджер клиента; персональный менеджер; сотрудник; owner; responsible;
            assigned to; account manager; sales rep
        """,
        "team": """
            отдел; подразделение; department
        """,
        "source": """
            откуда узнали; откуда; откуда о нас узнали; источник рекламы; источник клиента;
            рекламный источник; канал привлечения; рекламный канал; lead source; how did you hear
        """,
        "zone": """
            timezone
        """,
        "preferred_channel": """
            предпочтительный канал; способ связи; канал связи; предпочитаемый способ связи; contact
            by
        """,
        "comment": """
            комментарии; примечание; примечания; заметка; заметки; коммент; дополнительно; доп.
            информация; прим; прим.; notes; note; comments; remarks
        """,
        "phones": """
            телефон; тел; тел.; моб; моб.; моб. тел; моб. тел.; моб тел; мобильный; мобильный
            телефон; сотовый; сотовый телефон; номер телефона; контактный телефон; телефон
            клиента; телефон 1; телефон 2; телефон1; телефон2; доп. телефон; дополнительный телефон;
            домашний телефон; рабочий телефон; контакты; номер тел; № телефона; whatsapp; вотсап;
            ватсап; phone; phone number; mobile; mobile phone; cell; tel
        """,
        "emails": """
            e-mail; email; mail; почта; эл. почта; эл.почта; эл почта; электронная почта; адрес
            электронной почты; адрес эл. почты; имейл; емейл; мейл; мэйл; e-mail адрес; email
            address; e-mail клиента
        """,
        "tags": """
            теги; тег; тэги; тэг; метка; ярлыки; хештеги; хэштеги; labels; tag
        """,
    }.items()
}
