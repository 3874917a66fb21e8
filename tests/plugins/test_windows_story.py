"""The story of a window company, from the request to the won order, as its people live it over GraphQL."""

from itertools import pairwise
from typing import Any

import pytest
from windows_desk import SELLER, ZONE, Api, Company

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.plugins import Plugin
from cardfile.settings import Settings
from cardfile_documents import DocumentsPlugin
from cardfile_graphql import GraphQLPlugin
from cardfile_windows import WindowsPlugin

pytestmark = pytest.mark.anyio

OPENINGS = [
    {"room": "Кухня", "width": 1_300, "height": 1_400},
    {"room": "Спальня", "width": 1_500, "height": 1_400, "quantity": 2},
]


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GraphQLPlugin, DocumentsPlugin, WindowsPlugin)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock("2026-03-04T17:50:00+03:00")  # a Wednesday, ten minutes before the office closes


@pytest.fixture
def settings(settings: Settings) -> Settings:
    sections = {"documents": {"seller": SELLER}}
    # People stay signed in for as long as the story takes.
    return settings.model_copy(update={"zone": ZONE, "session_days": 90, "sections": sections})


@pytest.fixture
async def company(app: App, api: Api, clock: MovableClock) -> Company:
    """Eight people: an owner, a head with his manager, another manager, two measurers, two installers."""
    made = Company(app, api, clock)
    await made.hire("Olga", "owner")
    pavel = await made.hire("Pavel", "head")
    await made.hire("Anna", "manager", head=pavel.user)
    await made.hire("Boris", "manager")
    await made.hire("Maxim", "measurer")
    await made.hire("Ivan", "installer")
    await made.hire("Ilya", "installer")
    return made


async def crew(company: Company) -> str:
    """Make a crew of Ivan, the foreman, and Ilya."""
    made = await company.do(
        "Olga", "windowsCrewCreate", "windowsCrew { id }", name="Crew 1", foremanId=company.id_of("Ivan")
    )
    await company.do("Olga", "windowsCrewMemberCreate", crewId=made["id"], userId=company.id_of("Ilya"))
    return str(made["id"])


async def measured(company: Company, deal: str) -> None:
    """Plan the measurement of a deal and have it done."""
    plan = await company.do(
        "Anna", "windowsMeasurementPlan", "windowsMeasurement { id }",
        dealId=deal, startsAt="2026-03-06T12:00:00+03:00", address="Москва, ул. Садовая, 5, кв. 12",
    )  # fmt: skip
    sheet = await company.upload("Maxim", "dimensions.pdf")
    await company.do("Maxim", "windowsMeasurementFinish", id=plan["id"], sheetId=sheet, openings=OPENINGS)


async def accepted(company: Company, deal: str) -> None:
    """Name the price of a deal, and have it accepted."""
    items = [
        {"name": "Окно ПВХ с монтажом", "quantity": "3", "unit": "шт.", "price": "21000", "discount": "10"},
        {"name": "Доставка", "price": "1500"},
    ]
    made = await company.do(
        "Anna", "windowsEstimateCreate", "windowsEstimate { id total { amount } }", dealId=deal, items=items
    )
    assert made["total"]["amount"] == "58200.00"
    await company.do("Anna", "windowsEstimateSend", id=made["id"])
    await company.do("Anna", "windowsEstimateAccept", id=made["id"])


async def test_an_order_goes_from_the_request_to_the_signed_act(company: Company) -> None:
    crew_id = await crew(company)
    deal = await company.request("Anna")
    other = await company.request("Boris", "Пётр Сидоров")
    await nobody_calls_for_half_an_hour(company, deal)
    plan = await a_measurement_is_agreed_on(company, deal)
    await the_measurer_sees_this_deal_alone(company, deal, other, plan)
    await the_deal_waits_for_the_sheet(company, deal, plan)
    await the_price_is_accepted(company, deal)
    await the_invoice_is_there(company, deal)
    work = await the_installers_are_told(company, deal, crew_id)
    await the_act_is_signed_and_the_client_content(company, deal, work)
    await the_way_is_kept(company, deal)


async def nobody_calls_for_half_an_hour(company: Company, deal: str) -> None:
    # A request: fifteen working minutes to call back, of which ten are left today.
    assert await company.where(deal) == "first_call"
    (task,) = await company.tasks("Anna")
    assert (task["title"], task["due"]) == ("Call back within 15 minutes", "05.03 09:05")

    # Nobody calls: a reminder, again every quarter of an hour, and after half an hour the head; each once.
    await company.jump_to("2026-03-05T09:00")
    await company.wait_until("2026-03-05T09:40")
    call_back = "Call back within 15 minutes"
    assert await company.told("Anna", since="2026-03-05T00:00") == [
        ("due", "05.03 09:05", f"It is time: {call_back}"),
        ("overdue", "05.03 09:20", f"Overdue since 09:05: {call_back}"),
        ("overdue", "05.03 09:35", f"Overdue since 09:05: {call_back}"),
    ]
    assert await company.told("Pavel") == [
        ("escalated", "05.03 09:35", f"Anna is late since 09:05: {call_back}")
    ]


async def a_measurement_is_agreed_on(company: Company, deal: str) -> str:
    # She calls. Without an address nobody can be sent to measure.
    (task,) = await company.tasks("Anna")
    await company.do("Anna", "taskComplete", id=task["id"], result="Three windows, tomorrow at noon")
    why = await company.refused(
        "Anna", "windowsMeasurementPlan", dealId=deal, startsAt="2026-03-06T12:00:00+03:00"
    )
    assert why["missing"] == [
        {"kind": "filled", "key": "windows.object_address", "label": "Address of the object"}
    ]
    plan: dict[str, Any] = await company.do(
        "Anna", "windowsMeasurementPlan", "windowsMeasurement { id measurer { name } }",
        dealId=deal, startsAt="2026-03-06T12:00:00+03:00", address="Москва, ул. Садовая, 5, кв. 12",
    )  # fmt: skip
    assert plan["measurer"]["name"] == "Maxim"
    assert await company.where(deal) == "measurements"
    await company.jump_to("2026-03-05T12:00")
    assert [kind for kind, *_ in await company.told("Anna", since="2026-03-05T09:41")] == []
    return str(plan["id"])


async def the_measurer_sees_this_deal_alone(company: Company, deal: str, other: str, plan: str) -> None:
    # The measurer has a task for tomorrow noon, and sees this deal and nothing around it.
    (task,) = await company.tasks("Maxim", deal)
    assert (task["title"], task["due"]) == ("Measure the openings", "06.03 12:00")
    seen = await company.ask(
        "Maxim",
        """{ deals(first: 10) { totalCount nodes { id title client { name } amount { amount }
          windows { objectAddress estimates(first: 1) { totalCount }
            measurements(first: 5) { nodes { id contactName contactPhone } } } } }
        clients(first: 10) { totalCount } }""",
    )
    assert seen["clients"]["totalCount"] == 0
    (his,) = seen["deals"]["nodes"]
    assert (his["id"], his["client"], his["amount"]) == (deal, None, None)
    assert his["windows"]["objectAddress"] == "Москва, ул. Садовая, 5, кв. 12"
    assert his["windows"]["measurements"]["nodes"] == [
        {"id": plan, "contactName": "Анна Петрова", "contactPhone": "+79161234567"}
    ]
    missing = await company.ask("Maxim", "query($id: ID!) { deal(id: $id) { id } }", id=other)
    assert missing is None


async def the_deal_waits_for_the_sheet(company: Company, deal: str, plan: str) -> None:
    # Without the sheet the deal does not leave.
    await company.jump_to("2026-03-06T13:00")
    why = await company.refused(
        "Maxim", "dealReachGoal", id=deal, goalId=await company.goal(deal, "measured")
    )
    assert why["__typename"] == "MissingForStage"
    assert [(one["kind"], one["key"]) for one in why["missing"]] == [("attached", "dimensions")]
    sheet = await company.upload("Maxim", "dimensions.pdf")
    await company.do("Maxim", "windowsMeasurementFinish", id=plan, sheetId=sheet, openings=OPENINGS)
    assert await company.where(deal) == "coordination"
    assert await company.tasks("Maxim") == []


async def the_price_is_accepted(company: Company, deal: str) -> None:
    # Two hours to count the cost and call.
    (task,) = await company.tasks("Anna", deal)
    assert (task["title"], task["due"]) == ("Count the cost and call", "06.03 15:00")
    await company.do("Anna", "taskComplete", id=task["id"])
    await accepted(company, deal)


async def the_invoice_is_there(company: Company, deal: str) -> None:
    # Payment: the invoice says who, where, what, how much, and to which account.
    assert await company.where(deal) == "payment"
    await company.app.jobs.run_due()
    card = await company.ask(
        "Anna",
        """query($id: ID!) { deal(id: $id) { amount { amount currency }
          documents { documents(first: 5) { nodes { kind { key } number file { id } } } }
          attachments(first: 5) { nodes { kind } } } }""",
        id=deal,
    )
    assert card["amount"] == {"amount": "58200.00", "currency": "RUB"}
    (invoice,) = card["documents"]["documents"]["nodes"]
    assert invoice["kind"]["key"] == "invoice"
    assert {one["kind"] for one in card["attachments"]["nodes"]} == {"invoice", "dimensions"}
    text = await company.pdf("Anna", invoice["file"]["id"])
    for words in (
        invoice["number"], "Анна Петрова", "Садовая, 5, кв. 12", "Окно ПВХ с монтажом", "58 200,00",
        SELLER["name"], SELLER["bank"], SELLER["bic"], SELLER["account"], SELLER["inn"],
    ):  # fmt: skip
        assert words in text
    assert await company.download("Maxim", invoice["file"]["id"]) is None


async def the_installers_are_told(company: Company, deal: str, crew_id: str) -> str:
    # Paid: an installer is chosen and told at once; planned: the whole crew is told, with the deadline.
    await company.jump_to("2026-03-10T11:00")
    await company.reach("Anna", deal, "paid")
    assert await company.where(deal) == "installation"
    assert "stage" in {kind for kind, *_ in await company.told("Ivan")}
    await company.do(
        "Anna", "windowsInstallationPlan", dealId=deal, crewId=crew_id,
        startsAt="2026-03-16T09:00:00+03:00", finishBy="2026-03-17T18:00:00+03:00",
    )  # fmt: skip
    sentence = (
        "Installation: Москва, ул. Садовая, 5, кв. 12. "
        "Begins 2026-03-16 09:00, to be finished by 2026-03-17 18:00."
    )
    for name in ("Ivan", "Ilya"):
        assert ("message", "10.03 11:00", sentence) in await company.told(name)
    (task,) = await company.tasks("Ivan", deal)
    assert (task["title"], task["due"]) == ("Install", "17.03 18:00")
    seen = await company.ask(
        "Ilya",
        """{ windowsInstallations(first: 5) { nodes { id contactPhone sheet { id }
          deal { id client { name } windows { openings(first: 5) { totalCount } } } } } }""",
    )
    (work,) = seen["nodes"]
    assert (work["contactPhone"], work["deal"]["client"]) == ("+79161234567", None)
    assert work["deal"]["windows"]["openings"]["totalCount"] == 2
    assert await company.download("Ilya", work["sheet"]["id"]) == b"%PDF-1.4 dimensions"
    return str(work["id"])


async def the_act_is_signed_and_the_client_content(company: Company, deal: str, work: str) -> None:
    # Installed, with the act signed on the spot; the order is won when the client has said how it was.
    await company.jump_to("2026-03-17T16:00")
    act = await company.upload("Ilya", "act.pdf", b"%PDF-1.4 act")
    await company.do("Ilya", "windowsInstallationFinish", id=work, actId=act)
    assert await company.where(deal) == "act"
    why = await company.refused("Anna", "dealWin", id=deal)
    assert [(one["kind"], one["key"]) for one in why["missing"]] == [("filled", "windows.feedback")]
    await company.do(
        "Anna", "windowsDealTakeFeedback", id=deal, text="Тепло и тихо, спасибо.", score="EXCELLENT"
    )
    assert await company.where(deal) == "won"


async def the_way_is_kept(company: Company, deal: str) -> None:
    # The way of the deal is kept: where it was, for how long, and why it went on.
    history = await company.ask(
        "Anna",
        """query($id: ID!) { deal(id: $id) { result { key } stageChanges(first: 10) {
          nodes { stage { key } cause { key } enteredAt leftAt } } } }""",
        id=deal,
    )
    assert history["result"]["key"] == "won"
    stays = history["stageChanges"]["nodes"]
    assert [(one["stage"]["key"], one["cause"]["key"]) for one in stays[1:]] == [
        (key, "goal") for key in ("measurements", "coordination", "payment", "installation", "act", "won")
    ]
    assert all(one["leftAt"] == after["enteredAt"] for one, after in pairwise(stays))


async def test_a_client_who_refuses_is_lost_with_the_reason(company: Company) -> None:
    deal = await company.request("Anna")
    await measured(company, deal)
    await company.reach("Anna", deal, "refused", note="Дорого")
    told = await company.ask(
        "Anna", "query($id: ID!) { deal(id: $id) { result { key } lostNote stage { key } } }", id=deal
    )
    assert told == {"result": {"key": "lost"}, "lostNote": "Дорого", "stage": {"key": "lost"}}
    assert await company.tasks("Anna", deal) == []


async def test_a_client_who_asks_to_call_later_is_not_forgotten(company: Company) -> None:
    deal = await company.request("Anna")
    await company.reach("Anna", deal, "later")
    told = await company.ask("Anna", "query($id: ID!) { deal(id: $id) { wakeAt stage { key } } }", id=deal)
    assert told["stage"]["key"] == "first_call"
    assert company.local(told["wakeAt"]) == "03.04 17:50"
    await company.jump_to("2026-04-03T17:51")
    assert "Take up again: Окна в квартиру" in [one["title"] for one in await company.tasks("Anna", deal)]


async def test_a_client_who_wants_a_repair_goes_to_the_service(company: Company) -> None:
    deal = await company.request("Anna")
    await company.reach("Anna", deal, "wants_repair")
    told = await company.ask(
        "Anna", "query($id: ID!) { deal(id: $id) { stage { key } pipeline { key } } }", id=deal
    )
    assert told == {"stage": {"key": "request"}, "pipeline": {"key": "window_service"}}
    assert [one["title"] for one in await company.tasks("Anna", deal)] == ["Find out what is broken"]
