"""Headers by which an import knows the lines of a client, besides their labels: as people write them."""

from collections.abc import Mapping
from typing import Final

from cardfile.clients.headers_kk import KAZAKH
from cardfile.clients.headers_uk import UKRAINIAN

__all__ = ["HEADERS", "words"]


def words(text: str) -> tuple[str, ...]:
    """Return the words that `text` lists between semicolons."""
    return tuple(word for word in (" ".join(one.split()) for one in text.split(";")) if word)


HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    key: (*words(text), *words(UKRAINIAN.get(key, "")), *words(KAZAKH.get(key, "")))
    for key, text in {
        "name": """
            клиент; фио клиента; ф.и.о.; ф. и. о.; имя клиента; фамилия имя отчество;
            фамилия имя; фамилия, имя; фамилия и имя; имя и фамилия; имя фамилия; полное
            имя; наименование; название; контрагент; контакт; контактное лицо; заказчик;
            покупатель; посетитель; гость; член клуба; клиент (фио); fio; full name; client;
            customer; client name; customer name; contact; contact name; данные клиента;
            имя, фамилия; фамилия, имя, отчество; ф и о; пациент; ученик; ребенок; ребёнок;
            ученица; жилец; абонент; участник; плательщик; подписчик; имя фамилия отчество;
            наименование клиента; наименование контрагента; название клиента; member; member
            name; patient; patient name; guest; guest name; student; student name; person;
            person name; fullname; subscriber; account name
        """,
        "kind": """
            тип клиента; тип; вид клиента; type; тип контрагента; вид контрагента; физ/юр;
            физлицо/юрлицо; юр/физ лицо; client type; customer type; person or company
        """,
        "last_name": """
            фам; фам.; фамилия клиента; surname; family name; lastname; last; lname;
            фамилие; фамилия ребенка; фамилия ученика
        """,
        "first_name": """
            имя контакта; как зовут; given name; firstname; first; fname; forename; имя
            ребенка; имя ученика
        """,
        "middle_name": """
            отч; отч.; отчество клиента; patronymic; second name; middlename; middle; middle
            initial; mi; отчество при наличии; mname
        """,
        "gender": """
            sex; м/ж; пол клиента; муж/жен; m/f; gender identity
        """,
        "birthday": """
            дата рождения; др; д.р.; д/р; д. р.; дата рожд; дата рожд.; рождение; родился;
            год рождения; birth date; date of birth; dob; birthdate; дата рожд-я; дата
            рождения клиента; д рожд; день рожд; дата рождения ребенка; родилась; born;
            d.o.b.; d.o.b; b-day; bday; birth day
        """,
        "company": """
            организация; место работы; фирма; предприятие; работодатель; наименование
            организации; название компании; organization; organisation; company name; firm;
            employer; юр. лицо; юрлицо; юридическое лицо; наименование юр лица; наименование
            компании; наименование фирмы; наименование предприятия; название организации;
            название фирмы; название предприятия; полное наименование; краткое наименование;
            бизнес; account; business; business name; organization name; organisation name;
            company/organization
        """,
        "position": """
            job title; job; occupation; профессия; title; должность контактного
            лица; position title; кем работает
        """,
        "tax_number": """
            инн клиента; инн организации; tax id; vat; inn; taxpayer number; инн/кпп; tax
            number; tin; vat number; vat no; vat id; иин; бин; иин/бин; единый налоговый
            номер
        """,
        "city": """
            населённый пункт; населенный пункт; town; нас. пункт; нас пункт; город
            проживания; город клиента; населенный пункт (город); city/town; location city;
            place
        """,
        "address": """
            адрес проживания; адрес клиента; домашний адрес; место жительства; street
            address; адрес регистрации; адрес фактический; фактический адрес; юридический
            адрес; юр. адрес; адрес доставки; почтовый адрес; улица; улица, дом; улица, дом,
            квартира; улица, дом, кв; улица дом квартира; адрес (улица, дом); место
            проживания; прописка; address line; address line 1; address 1; street; mailing
            address; postal address; home address; location; address (street)
        """,
        "standing": """
            статус клиента; состояние; status; state; client status; lead status; customer
            status; contact status
        """,
        "owner": """
            ответственный; ответственный менеджер; куратор; ведущий менеджер; ведёт; ведет;
            фио менеджера; менеджер клиента; персональный менеджер; сотрудник; owner;
            responsible; assigned to; account manager; sales rep; кто ведет; кто ведёт;
            ведущий; manager; ответственный сотрудник; ответственный за клиента;
            ответственный за контакт; rep; salesperson; sales manager; responsible person;
            client manager
        """,
        "team": """
            отдел; подразделение; department
        """,
        "source": """
            откуда узнали; откуда; откуда о нас узнали; источник рекламы; источник клиента;
            рекламный источник; канал привлечения; рекламный канал; lead source; how did you
            hear; канал; источник обращения; источник лида; откуда пришел; откуда пришёл;
            откуда узнал; откуда узнали об услугах; referral source; how did you hear about
            us; how did you find us
        """,
        "zone": """
            timezone
        """,
        "preferred_channel": """
            предпочтительный канал; способ связи; канал связи; предпочитаемый способ связи; contact
            by
        """,
        "comment": """
            комментарии; примечание; примечания; заметка; заметки; коммент; дополнительно;
            доп. информация; прим; прим.; notes; note; comments; remarks; комментарий
            менеджера; описание; характеристика; что дополнительная
            информация; доп информация; доп. инфо; инфо; информация; remark; additional
            info; additional information; description; memo; internal notes
        """,
        "phones": """
            телефон; тел; тел.; моб; моб.; моб. тел; моб. тел.; моб тел; мобильный;
            мобильный телефон; сотовый; сотовый телефон; номер телефона; контактный телефон;
            телефон клиента; телефон 1; телефон 2; телефон1; телефон2; доп. телефон;
            дополнительный телефон; домашний телефон; рабочий телефон; контакты; номер тел;
            № телефона; whatsapp; вотсап; ватсап; phone; phone number; mobile; mobile phone;
            cell; tel; контактные телефоны; номер; телефон для связи; тел для связи; второй
            телефон; доп. тел; контактные данные; телефон/e-mail; телефон, e-mail;
            телефон/почта; телефон, почта; телефон / e-mail; телефон и почта; связь; вацап;
            viber; вайбер; мобила; номер мобильного; факс; phone / e-mail; phone, e-mail;
            phone/email; contact details; contact number; contact no; phone no; mobile no;
            mobile number; cell phone; telephone; telephone number; primary phone;
            phonenumber; contact phone; other phone; alt phone; home phone; work phone;
            office phone; fax; contacts; other contacts; cellphone; handphone
        """,
        "emails": """
            e-mail; email; mail; почта; эл. почта; эл.почта; эл почта; электронная почта;
            адрес электронной почты; адрес эл. почты; имейл; емейл; мейл; мэйл; e-mail
            адрес; email address; e-mail клиента; эл.адрес; эл. адрес; электронный адрес;
            адрес эл почты; почта для чеков; адрес e-mail; адрес почты; почтовый ящик;
            контактная почта; primary email; work email; email id; mail id; electronic mail;
            e mail; contact email
        """,
        "tags": """
            теги; тег; тэги; тэг; метка; ярлыки; хештеги; хэштеги; labels; tag; категория
            клиента; группа клиентов; сегмент; сегмент клиента; segment; category
        """,
    }.items()
}
