"""What the documents say: every text that belongs on them, and nothing that values smuggle in."""

import asyncio
import zipfile
from base64 import b64decode
from io import BytesIO

import pytest
from documents_desk import SECTION, Desk, money, pdf_text, word, word_texts
from pypdf import PdfReader

from cardfile.app import App
from cardfile.children.children import ChildLimits
from cardfile.errors import FileRefused, InvalidInput, Refused
from cardfile.plugins import Plugin
from cardfile.settings import Settings
from cardfile_documents import DocumentsPlugin
from cardfile_documents.rendering import Renderer, renders_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (DocumentsPlugin,)


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    changed = {"sections": {"documents": SECTION}, "locale": "ru", "zone": "Europe/Moscow"}
    return settings.model_copy(update=changed)


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


async def test_an_invoice_holds_parties_lines_sums_and_bank(desk: Desk) -> None:
    client = await desk.client("Анна Петрова", phones=["8 916 123-45-67"])
    deal = await desk.deal(("Окно двустворчатое", 2, "12345.50"), ("Монтаж", 1, "4000"), client=client)
    text = await desk.text(await desk.issued(deal))
    for wanted in (
        "Счёт на оплату № 2026-00001 от 1 января 2026 г.",
        "ООО «Светлые окна»",
        "ИНН 7707083893",
        "КПП 773601001",
        "ПАО Сбербанк, Москва",
        "044525225",
        "40702810938000000001",
        "30101810400000000225",
        "Анна Петрова",
        "Москва, ул. Садовая, 5, кв. 12",
        "(916) 123-45-67",
        "Окна в квартиру",
        "Окно двустворчатое 2 шт. 12 345,50 24 691,00",
        "Монтаж 1 шт. 4 000,00 4 000,00",
        "В том числе НДС 20 %: 4 781,83 ₽",
        "Всего к оплате: 28 691,00 ₽",
        "Двадцать восемь тысяч шестьсот девяносто один рубль 00 копеек",
        "Оплатить до 6 января 2026 г.",
        "Генеральный директор",
        "Иванов И. И.",
        "Страница 1 из 1",
    ):
        assert wanted in text


async def test_an_english_offer_is_english_from_head_to_foot(desk: Desk) -> None:
    client = await desk.client("John Smith", address="1 High Street, London")
    deal = await desk.deal(("Window", 1, "1234.50"), client=client, currency="USD", title="Windows")
    text = await desk.text(await desk.issued(deal, "offer", language="en"))
    for wanted in (
        "Quotation No. 2026-00001 of 1 January 2026",
        "Dear John Smith",
        "$1,234.50",
        "Including VAT 20 %: $205.75",
        "One thousand two hundred and thirty-four US dollars and 50 cents",
        "Valid until 15 January 2026",
        "Page 1 of 1",
    ):
        assert wanted in text


async def test_an_act_is_signed_by_both(desk: Desk) -> None:
    text = await desk.text(await desk.issued(await desk.deal(("Монтаж", 1, "100")), "act"))
    assert "Акт сдачи-приёмки работ (услуг) № 2026-00001" in text
    assert "Исполнитель ООО «Светлые окна»" in text
    assert "Заказчик Анна Петрова" in text
    assert "претензий" in text


async def test_a_deal_without_lines_is_one_line_of_its_own(desk: Desk) -> None:
    deal = await desk.deal(title="Замер", amount={"amount": "1500", "currency": "RUB"})
    document = await desk.issued(deal)
    assert "1 Замер 1 1 500,00 1 500,00" in await desk.text(document)
    assert document["amount"].minor == 150_000


async def test_an_amount_that_was_agreed_on_is_what_the_invoice_asks_for(desk: Desk) -> None:
    deal = await desk.deal(("Окно", 1, "1000"))
    await desk.do("deal.update", record=deal, values={"amount": {"amount": "900", "currency": "RUB"}})
    document = await desk.issued(deal)
    text = await desk.text(document)
    assert "Итого: 1 000,00 ₽ Скидка по договорённости: -100,00 ₽" in text
    assert "Всего к оплате: 900,00 ₽" in text
    assert document["amount"] == money(900)


async def test_markup_in_values_is_only_text(desk: Desk) -> None:
    hostile = '#read("/etc/passwd") *b* $x$ @ref <label> #panic() \\ {{ 7*7 }} [x](http://a.example)'
    client = await desk.client(hostile)
    deal = await desk.deal((hostile, 1, "10"), client=client, title=hostile)
    text = (await desk.text(await desk.issued(deal))).replace(" ", "")
    assert text.count(hostile.replace(" ", "")) >= 2
    assert "root:" not in text


async def test_huge_numbers_and_long_words_fit_on_the_paper(desk: Desk) -> None:
    deal = await desk.deal(("Щ" * 300, 1, "92233720368547758.07"))
    document = await desk.issued(deal)
    assert document["file_state"] == "ready"
    assert "92 233 720 368 547 758,07" in await desk.text(document)


async def test_control_characters_and_foreign_scripts_do_no_harm(desk: Desk) -> None:
    client = await desk.client("Zoë \u202e 你好 😀 ألف")
    deal = await desk.deal(("Тест\tтаб", 1, "1"), client=client)
    assert (await desk.issued(deal))["file_state"] == "ready"


@pytest.mark.slow
async def test_ten_thousand_lines_become_one_document(desk: Desk) -> None:
    lines = [(f"Позиция {number}", 1, "10") for number in range(10_000)]
    document = await desk.issued(await desk.deal(*lines))
    assert document["failure"] is None
    reader = PdfReader(BytesIO(await desk.content(document)))
    assert len(reader.pages) > 200
    assert "Позиция 9999" in "".join(page.extract_text() for page in reader.pages[-3:])


async def test_more_lines_than_that_are_refused(desk: Desk) -> None:
    deal = await desk.deal(*[("x", 1, "1")] * 10_001)
    with pytest.raises(Refused, match="more than 10000 lines"):
        await desk.issue(deal)


async def test_the_same_document_is_the_same_bytes(desk: Desk) -> None:
    values = {"language": "ru", "document": {}, "lines": [], "totals": {"rows": []}}
    made = [await Renderer().render("typst", "act", b"", values) for _ in range(2)]
    assert made[0] == made[1]


async def test_a_preview_has_no_number_and_leaves_nothing(desk: Desk) -> None:
    deal = await desk.deal(("Окно", 1, "10"))
    shown = await desk.do("document.preview", deal=deal, kind="invoice")
    text = pdf_text(b64decode(shown.content))
    assert (shown.name, shown.media_type, shown.missing) == ("Счёт.pdf", "application/pdf", [])
    assert "Счёт на оплату от 1 января" in text
    assert "ОБРАЗЕЦ" in text
    assert await desk.rows("documents.document") == []
    assert (await desk.issued(deal))["number"] == "2026-00001"


async def test_a_word_file_of_ones_own_is_filled_in(desk: Desk) -> None:
    template = await desk.template(
        "Договор № {{ document.number }} с {{ buyer.name }}",
        "{% for line in lines %}{{ line.title }}: {{ line.sum }}; {% endfor %}",
        "Итого {{ totals.total }} ({{ totals.words }}), {{ deal.title }}",
    )
    deal = await desk.deal(("Окно & дверь <b>", 1, "10"), client=await desk.client("{{ 7*7 }} <w:p/> &amp;"))
    document = await desk.issued(deal, "contract", template=template)
    texts = word_texts(await desk.content(document))
    assert texts[:2] == ["Договор № 2026-00001 с {{ 7*7 }} <w:p/> &amp;", "Окно & дверь <b>: 10,00; "]
    assert "Десять рублей 00 копеек" in texts[2]


async def test_a_word_file_that_asks_for_what_there_is_none_of_says_so(desk: Desk) -> None:
    template = await desk.template("{{ buyer.fax }} {{ owner.password }} {% if buyer.zip %}1{% endif %}")
    document = await desk.issued(await desk.deal(("Окно", 1, "10")), "contract", template=template)
    assert document["file_state"] == "failed"
    assert "buyer.fax, owner.password." in document["failure"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 2000000000 }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ range(10**9) }}",
        "{% include '/etc/passwd' %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ lines.append(lines) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% if",
    ],
)
async def test_a_hostile_word_template_dies_in_its_process_with_a_sentence(text: str) -> None:
    renderer = Renderer(limits=ChildLimits(cpu_seconds=2, patience_seconds=30))
    with pytest.raises(Refused) as refused:
        await renderer.render("docx", None, word(text), {"lines": [], "buyer": {"name": "Anna"}})
    assert "log of the server" not in str(refused.value)


async def test_an_entity_in_a_word_file_reads_no_file() -> None:
    hostile = BytesIO()
    with zipfile.ZipFile(BytesIO(word("{{ buyer.name }}"))) as old, zipfile.ZipFile(hostile, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                head = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                content = content.replace(b"?>", b"?>" + head, 1).replace(b"{{ buyer.name }}", b"&x;")
            new.writestr(name, content)
    try:
        made = await Renderer().render("docx", None, hostile.getvalue(), {"buyer": {"name": "Anna"}})
    except Refused:
        return
    assert b"root:" not in zipfile.ZipFile(BytesIO(made)).read("word/document.xml")


@pytest.mark.parametrize("content", [b"PK\x03\x04junk", b"", b"%PDF-1.7"])
async def test_what_is_no_word_file_is_refused_by_the_process_too(content: bytes) -> None:
    with pytest.raises(Refused, match="no Word document"):
        await Renderer().render("docx", None, content, {})


async def test_a_word_file_that_unpacks_to_gigabytes_is_refused() -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("word/document.xml", b"\x00" * 150_000_000)
    with pytest.raises(Refused, match="too large when it is unpacked"):
        await Renderer().render("docx", None, bomb.getvalue(), {})


async def test_a_template_is_a_word_file_of_a_decent_size(desk: Desk) -> None:
    pdf = await desk.upload(b"%PDF-1.7 not a Word file", "contract.docx")
    with pytest.raises(FileRefused, match="no Word document"):
        await desk.do(
            "template.create", values={"key": "mine", "kind": "contract", "title": "Mine", "file": pdf.id}
        )


@pytest.mark.parametrize("limit", [10_000])
async def test_a_word_file_over_the_limit_is_no_template(settings: Settings, limit: int) -> None:
    sections = {"documents": {**SECTION, "template_bytes": limit}}
    app = App.build(settings.model_copy(update={"sections": sections}), plugins=(DocumentsPlugin,))
    await app.migrate()
    async with app.running():
        with pytest.raises(FileRefused, match="larger than 10000 bytes"):
            await Desk(app).template("{{ buyer.name }}")


async def test_a_template_without_a_file_is_not_taken(desk: Desk) -> None:
    values = {"key": "mine", "kind": "contract", "title": "Mine", "is_preferred": True}
    template = (await desk.do("template.create", values=values)).id
    deal = await desk.deal(("Окно", 1, "10"))
    with pytest.raises(Refused, match="no template"):
        await desk.issue(deal, "contract")
    document = await desk.issued(deal, "contract", template=template)
    assert (document["file_state"], document["failure"]) == (
        "failed",
        "У шаблона нет файла: загрузите файл Word.",
    )


async def test_a_shipped_template_takes_no_file(desk: Desk) -> None:
    file = await desk.upload(word("x"))
    with pytest.raises(InvalidInput, match="is shipped"):
        await desk.do("template.update", record=1, values={"file": file.id})


async def test_a_panic_of_the_renderer_is_told_politely(app: App) -> None:
    with pytest.raises(Refused, match="log of the server"):
        await renders_of(app).renderer.render("typst", "act", b"", {"language": "ru", "lines": 5})


async def test_who_finds_no_place_is_told_to_come_again() -> None:
    renderer = Renderer()
    slow = word("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")
    working = [asyncio.create_task(renderer.render("docx", None, slow, {})) for _ in range(2)]
    try:
        await asyncio.sleep(0)
        with pytest.raises(Refused, match="try again in a minute"):
            await renderer.render("docx", None, word("x"), {}, wait=0.01)
    finally:
        for one in working:
            one.cancel()
        await asyncio.gather(*working, return_exceptions=True)
