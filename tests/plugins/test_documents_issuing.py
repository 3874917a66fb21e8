"""From a deal to a document: numbers, files, revisions, and what becomes of them; on both databases."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from documents_desk import SECTION, Desk, money, word

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.deals import Deal
from cardfile.declarations import Attached, Pipeline, Stage, StageDocument
from cardfile.errors import InvalidInput, Refused
from cardfile.journal import Call, fetch_history
from cardfile.plugins import Plugin
from cardfile.rights import Actor
from cardfile.settings import Settings
from cardfile_documents import DocumentsPlugin

pytestmark = pytest.mark.anyio


class Shop(Plugin):
    """A way of deals on which an invoice is made, and asked for."""

    name = "shop"
    label = "Shop"
    requires = "cardfile>=0.1"
    pipelines = (
        Pipeline(
            "shop",
            "Shop",
            (
                Stage("talk", "Talk"),
                Stage(
                    "payment", "Payment", documents=(StageDocument("invoice"),), leave=(Attached("invoice"),)
                ),
                Stage("won", "Won", outcome="won"),
                Stage("lost", "Lost", outcome="lost"),
            ),
        ),
    )


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (DocumentsPlugin, Shop)


@pytest.fixture
def section() -> Mapping[str, Any]:
    return SECTION


@pytest.fixture
def settings(settings: Settings, section: Mapping[str, Any]) -> Settings:
    changed = {"sections": {"documents": section}, "locale": "ru", "zone": "Europe/Moscow"}
    return settings.model_copy(update=changed)


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


async def test_a_document_gets_its_number_at_once_and_its_file_a_little_later(desk: Desk) -> None:
    deal = await desk.deal(("Окно", 2, "100"))
    made = await desk.document(await desk.issue(deal))
    assert (made["number"], made["status"], made["file_state"], made["file"]) == (
        "2026-00001", "issued", "rendering", None,
    )  # fmt: skip
    await desk.app.jobs.run_due()
    made = await desk.document(made["id"])
    assert (made["file_state"], made["title"], made["amount"]) == ("ready", "Счёт 2026-00001", money(200))
    (attached,) = await desk.rows("attachment")
    assert (attached["deal"], attached["kind"], attached["title"], attached["file"]) == (
        deal, "invoice", "Счёт 2026-00001", made["file"],
    )  # fmt: skip
    (file,) = await desk.rows("file")
    assert (file["name"], file["media_type"]) == ("Счёт 2026-00001.pdf", "application/pdf")


async def test_kinds_are_counted_apart_and_years_begin_anew(desk: Desk, clock: MovableClock) -> None:
    deal = await desk.deal(("Окно", 1, "100"))

    async def number(kind: str) -> object:
        return (await desk.document(await desk.issue(deal, kind)))["number"]

    assert [await number(kind) for kind in ("invoice", "offer", "invoice")] == [
        "2026-00001", "2026-00001", "2026-00002",
    ]  # fmt: skip
    # In Moscow the year has begun, in London not yet.
    clock.set("2026-12-31T21:30:00+00:00")
    assert await number("invoice") == "2027-00001"


async def test_twenty_issued_at_once_get_twenty_numbers_in_a_row(desk: Desk) -> None:
    deals = [await desk.deal(("Окно", 1, "100")) for _ in range(4)]
    await asyncio.gather(*(desk.issue(deals[place % 4]) for place in range(20)))
    rows = await desk.rows("documents.document")
    assert sorted(row["number"] for row in rows) == [f"2026-{number:05}" for number in range(1, 21)]


async def test_what_comes_to_nothing_takes_no_number(desk: Desk) -> None:
    deal = await desk.deal(("Окно", 1, "100"))

    async def fail() -> None:
        async with desk.app.unit_of_work(Actor.system("test")) as work:
            await work.do("documents.document.issue", deal=deal, kind="invoice")
            raise Refused("On second thoughts.")

    outcomes = await asyncio.gather(
        *(fail() if place % 2 else desk.issue(deal) for place in range(12)), return_exceptions=True
    )
    assert sum(isinstance(one, Refused) for one in outcomes) == 6
    numbers = [row["number"] for row in await desk.rows("documents.document")]
    assert sorted(numbers) == [f"2026-{number:05}" for number in range(1, 7)]
    await desk.app.jobs.run_due()
    assert len(await desk.rows("attachment")) == 6


@pytest.mark.parametrize(
    "section",
    [{**SECTION, "series": "М", "number": "{series}-{number}/{yy}", "numbers": {"act": "{number}"}}],
)
async def test_a_business_numbers_as_it_likes(desk: Desk, clock: MovableClock) -> None:
    deal = await desk.deal(("Окно", 1, "100"))
    first = [await desk.document(await desk.issue(deal, kind)) for kind in ("invoice", "act")]
    clock.set("2027-02-01T09:00:00+00:00")
    second = [await desk.document(await desk.issue(deal, kind)) for kind in ("invoice", "act")]
    assert [row["number"] for row in first + second] == ["М-1/26", "1", "М-1/27", "2"]


async def test_a_revision_keeps_the_number_and_replaces_the_one_before(desk: Desk) -> None:
    deal = await desk.deal(("Окно", 1, "100"))
    first = await desk.issued(deal)
    await desk.do("deal.update", record=deal, values={"title": "Окна и двери"})
    second = await desk.do("document.revise", document=first["id"])
    await desk.app.jobs.run_due()
    rows = await desk.rows("documents.document")
    assert [(row["number"], row["revision"], row["status"], row["previous"]) for row in rows] == [
        ("2026-00001", 1, "replaced", None),
        ("2026-00001", 2, "issued", first["id"]),
    ]
    assert "Окна и двери" in await desk.text(await desk.document(second.id))
    (attached,) = await desk.rows("attachment")
    assert attached["title"] == "Счёт 2026-00001 (2)"
    with pytest.raises(Refused, match="Replaced"):
        await desk.do("document.revise", document=first["id"])
    assert (await desk.document(await desk.issue(deal)))["number"] == "2026-00002"


async def test_a_document_is_sent_and_paid(desk: Desk) -> None:
    invoice = (await desk.issued(await desk.deal(("Окно", 1, "100"))))["id"]
    with pytest.raises(Refused, match="not signed"):
        await desk.do("document.sign", document=invoice)
    await desk.do("document.send", document=invoice, reason="by e-mail")
    assert (await desk.document(invoice))["status"] == "sent"
    await desk.do("document.pay", document=invoice, reason="payment 17")
    paid = await desk.document(invoice)
    assert (paid["status"], paid["reason"]) == ("paid", "payment 17")
    for verb in ("send", "pay", "revise"):
        with pytest.raises(Refused, match="Paid"):
            await desk.do(f"document.{verb}", document=invoice)
    with pytest.raises(Refused, match="Paid"):
        await desk.do("document.cancel", document=invoice, reason="no")


async def test_an_act_is_signed(desk: Desk) -> None:
    act = (await desk.issued(await desk.deal(("Монтаж", 1, "100")), "act"))["id"]
    with pytest.raises(Refused, match="Only an invoice"):
        await desk.do("document.pay", document=act)
    assert (await desk.do("document.sign", document=act)).status == "signed"


async def test_a_cancelled_document_keeps_its_number_and_leaves_the_deal(desk: Desk) -> None:
    deal = await desk.deal(("Окно", 1, "100"))
    invoice = (await desk.issued(deal))["id"]
    with pytest.raises(InvalidInput, match="Say why"):
        await desk.do("document.cancel", document=invoice, reason=" ")
    await desk.do("document.cancel", document=invoice, reason="the client has changed his mind")
    row = await desk.document(invoice)
    assert (row["status"], row["number"]) == ("cancelled", "2026-00001")
    assert await desk.rows("attachment") == []
    assert (await desk.document(await desk.issue(deal)))["number"] == "2026-00002"


async def test_what_has_no_file_yet_is_not_sent(desk: Desk) -> None:
    invoice = await desk.issue(await desk.deal(("Окно", 1, "100")))
    with pytest.raises(Refused, match="not ready"):
        await desk.do("document.send", document=invoice)


async def test_a_document_cancelled_before_its_file_is_ready_is_not_attached(desk: Desk) -> None:
    invoice = await desk.issue(await desk.deal(("Окно", 1, "100")))
    await desk.do("document.cancel", document=invoice, reason="a mistake")
    await desk.app.jobs.run_due()
    assert (await desk.document(invoice))["file_state"] == "ready"
    assert await desk.rows("attachment") == []


async def test_a_failure_is_told_and_tried_again_under_the_same_number(desk: Desk) -> None:
    template = await desk.template("{{ buyer.fax }}")
    deal = await desk.deal(("Окно", 1, "100"))
    contract = await desk.issued(deal, "contract", template=template)
    assert (contract["file_state"], contract["number"]) == ("failed", "2026-00001")
    assert "buyer.fax" in contract["failure"]
    right = await desk.upload(word("{{ buyer.name }}"))
    await desk.do("template.update", record=template, values={"file": right.id})
    await desk.do("document.retry", document=contract["id"])
    await desk.app.jobs.run_due()
    contract = await desk.document(contract["id"])
    assert (contract["file_state"], contract["failure"], contract["number"]) == ("ready", None, "2026-00001")
    with pytest.raises(Refused, match="nothing to try again"):
        await desk.do("document.retry", document=contract["id"])
    assert len(await desk.rows("attachment")) == 1


async def test_a_file_that_nobody_makes_may_be_asked_for_again_after_a_while(
    desk: Desk, clock: MovableClock
) -> None:
    invoice = await desk.issue(await desk.deal(("Окно", 1, "100")))
    with pytest.raises(Refused, match="nothing to try again"):
        await desk.do("document.retry", document=invoice)
    clock.advance(timedelta(minutes=11))
    await desk.do("document.retry", document=invoice)
    await desk.app.jobs.run_due()
    assert (await desk.document(invoice))["file_state"] == "ready"
    assert len(await desk.rows("attachment")) == 1
    assert len(await desk.rows("file")) == 1


@pytest.mark.parametrize("section", [{}])
async def test_what_is_missing_is_told_all_at_once(desk: Desk) -> None:
    deal = await desk.deal()
    with pytest.raises(Refused) as refused:
        await desk.issue(deal)
    for missing in ("name of the seller", "bank of the seller", "account of the seller", "the amount"):
        assert missing in str(refused.value)
    assert await desk.rows("documents.document") == []


async def _entered(desk: Desk, deal: int, kind: str, template: str | None = None) -> None:
    """Ask for a document as a stage does that a deal has entered."""
    async with desk.app.unit_of_work(Actor.system("test")) as work:
        call = Call(work, desk.app.commands["deal.update"])
        record = await call.get(Deal, deal)
        await call.hooks.each("document_making", call=call, deal=record, kind=kind, template=template)
        await call.finish()


async def test_a_stage_that_asks_for_a_document_gets_it(desk: Desk) -> None:
    deal = await desk.deal(("Окно", 1, "100"))
    await _entered(desk, deal, "invoice")
    await _entered(desk, deal, "offer", "offer_en")
    await desk.app.jobs.run_due()
    rows = await desk.rows("documents.document")
    assert [(row["kind"], row["language"], row["file_state"]) for row in rows] == [
        ("invoice", "ru", "ready"),
        ("offer", "en", "ready"),
    ]


@pytest.mark.parametrize("section", [{}])
async def test_a_stage_leaves_a_draft_where_something_is_missing(desk: Desk) -> None:
    deal = await desk.deal(("Окно", 1, "100"))
    await _entered(desk, deal, "invoice")
    (draft,) = await desk.rows("documents.document")
    assert (draft["status"], draft["number"], draft["file_state"]) == ("draft", None, "failed")
    assert "seller" in draft["failure"]
    with pytest.raises(Refused, match="cannot be made without"):
        await desk.do("document.retry", document=draft["id"])


async def test_a_draft_becomes_a_document_when_nothing_is_missing_any_more(desk: Desk) -> None:
    deal = await desk.deal()
    await _entered(desk, deal, "invoice")
    (draft,) = await desk.rows("documents.document")
    assert (draft["status"], draft["title"]) == ("draft", "Счёт")
    await desk.do("deal.update", record=deal, values={"amount": {"amount": "500", "currency": "RUB"}})
    await desk.do("document.retry", document=draft["id"])
    await desk.app.jobs.run_due()
    made = await desk.document(draft["id"])
    assert (made["status"], made["number"], made["file_state"]) == ("issued", "2026-00001", "ready")


async def test_the_client_s_language_decides_and_a_preferred_template_goes_first(desk: Desk) -> None:
    client = await desk.client("John Smith", language="en")
    deal = await desk.deal(("Window", 1, "100"), client=client)
    assert (await desk.document(await desk.issue(deal)))["language"] == "en"
    own = await desk.template("{{ document.number }}", kind="invoice", language="en", is_preferred=True)
    assert (await desk.document(await desk.issue(deal)))["template"] == own
    with pytest.raises(InvalidInput, match="another kind"):
        await desk.issue(deal, "act", template=own)


async def test_there_is_no_contract_without_a_template_for_it(desk: Desk) -> None:
    with pytest.raises(Refused, match="no template"):
        await desk.issue(await desk.deal(("Окно", 1, "100")), "contract")


async def test_a_stage_leaves_a_draft_where_there_is_no_template(desk: Desk) -> None:
    deal = await desk.deal(("Окно", 1, "100"))
    await _entered(desk, deal, "contract")
    (draft,) = await desk.rows("documents.document")
    assert (draft["status"], draft["template"]) == ("draft", None)
    assert "no template" in draft["failure"]
    await desk.template("{{ document.number }}")
    await desk.do("document.retry", document=draft["id"])
    await desk.app.jobs.run_due()
    assert (await desk.document(draft["id"]))["number"] == "2026-00001"


async def test_what_a_stage_asks_of_others_is_left_to_them(desk: Desk) -> None:
    await _entered(desk, await desk.deal(("Окно", 1, "100")), "passport")
    assert await desk.rows("documents.document") == []


async def test_the_history_tells_what_became_of_a_document(desk: Desk) -> None:
    deal = await desk.deal(("Окно", 1, "100"))
    invoice = (await desk.issued(deal))["id"]
    await desk.do("document.send", document=invoice)
    events = await fetch_history(desk.app.database, "documents.document", invoice)
    assert [event.name for event in reversed(events)] == [
        "documents.document.issued",
        "documents.document.kept_file",
        "documents.document.sent",
    ]
    assert all(event.client is not None for event in events)
    assert "Сбербанк" not in str([event.after for event in events])
    (attached,) = await fetch_history(desk.app.database, "deal", deal, name="deal.attached")
    assert attached.data == {"kind": "invoice", "title": "Счёт 2026-00001"}


async def test_a_deal_that_enters_a_stage_gets_its_invoice_and_cannot_leave_without_it(desk: Desk) -> None:
    (shop,) = await desk.rows("pipeline", {"key": {"eq": "shop"}})
    stages = {row["key"]: row["id"] for row in await desk.rows("stage") if row["pipeline"] == shop["id"]}
    deal = await desk.deal(("Окно", 1, "100"), stage=stages["talk"])
    await desk.do("deal.move", deal=deal, to=stages["payment"])
    (invoice,) = await desk.rows("documents.document")
    assert (invoice["kind"], invoice["number"]) == ("invoice", "2026-00001")
    with pytest.raises(Refused):
        await desk.do("deal.move", deal=deal, to=stages["won"])
    await desk.app.jobs.run_due()
    await desk.do("deal.move", deal=deal, to=stages["won"])
    assert (await desk.rows("deal"))[0]["result"] == "won"
