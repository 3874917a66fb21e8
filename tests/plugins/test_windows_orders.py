"""Measurements, estimates, installations and claims of a window company, and who may do what with them."""

import ast
import importlib.resources
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from windows_desk import SELLER, ZONE, Api, Company

import cardfile_windows
from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.exports import export_records
from cardfile.plugins import Plugin
from cardfile.settings import Settings
from cardfile_documents import DocumentsPlugin
from cardfile_graphql import GraphQLPlugin
from cardfile_windows import WindowsPlugin

pytestmark = pytest.mark.anyio

NOON = "2026-03-06T12:00:00+03:00"
KITCHEN = {"room": "Кухня", "width": 1_300, "height": 1_400}


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (GraphQLPlugin, DocumentsPlugin, WindowsPlugin)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine will do: what differs between them lies below the plugin."""
    return sqlite_url


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock("2026-03-04T10:00:00+03:00")  # a Wednesday


@pytest.fixture
def settings(settings: Settings) -> Settings:
    sections = {"documents": {"seller": SELLER}}
    return settings.model_copy(update={"zone": ZONE, "session_days": 90, "sections": sections})


@pytest.fixture
async def company(app: App, api: Api, clock: MovableClock) -> Company:
    made = Company(app, api, clock)
    for name, role in (
        ("Olga", "owner"), ("Anna", "manager"), ("Boris", "manager"), ("Maxim", "measurer"),
        ("Misha", "measurer"), ("Vera", "estimator"), ("Ivan", "installer"), ("Semyon", "head_of_installation"),
    ):  # fmt: skip
        await made.hire(name, role)
    return made


async def planned(company: Company, deal: str, measurer: str = "Maxim", at: str = NOON) -> str:
    made = await company.do(
        "Anna", "windowsMeasurementPlan", "windowsMeasurement { id }",
        dealId=deal, startsAt=at, measurerId=company.id_of(measurer), address="ул. Садовая, 5",
    )  # fmt: skip
    return str(made["id"])


async def measured(company: Company, *openings: dict[str, object]) -> str:
    """Return a deal of Anna's whose openings are measured."""
    deal = await company.request("Anna")
    plan = await planned(company, deal)
    sheet = await company.upload("Maxim", "dimensions.pdf")
    await company.do("Maxim", "windowsMeasurementFinish", id=plan, sheetId=sheet, openings=list(openings))
    return deal


async def product(company: Company, name: str, price: str, unit: str) -> str:
    money = {"amount": price, "currency": "RUB"}
    made = await company.do("Olga", "productCreate", "product { id }", name=name, price=money, unit=unit)
    return str(made["id"])


async def test_a_measurement_that_is_moved_to_a_colleague_is_not_seen_by_the_first_one_any_more(
    company: Company,
) -> None:
    deal = await company.request("Anna")
    first = await planned(company, deal, "Maxim")
    again = await planned(company, deal, "Misha", "2026-03-06T15:00:00+03:00")
    assert again == first
    assert await company.tasks("Maxim") == []
    assert await company.ask("Maxim", "query($id: ID!) { deal(id: $id) { id } }", id=deal) is None
    (task,) = await company.tasks("Misha", deal)
    assert task["due"] == "06.03 15:00"


async def test_nobody_measures_at_two_places_at_once(company: Company) -> None:
    await planned(company, await company.request("Anna"))
    other = await company.request("Anna", "Пётр Сидоров")
    why = await company.refused(
        "Anna", "windowsMeasurementPlan",
        dealId=other, startsAt="2026-03-06T12:30:00+03:00", measurerId=company.id_of("Maxim"), address="Тула",
    )  # fmt: skip
    assert "at another object" in why["message"]
    assert await company.where(other) == "first_call"
    await planned(company, other, at="2026-03-06T13:00:00+03:00")


async def test_a_measurer_does_his_own_measurements_and_plans_none(company: Company) -> None:
    deal = await company.request("Anna")
    plan = await planned(company, deal)
    why = await company.refused("Maxim", "windowsMeasurementPlan", dealId=deal, startsAt=NOON)
    assert why["code"] == "NOT_ALLOWED"
    sheet = await company.upload("Misha", "dimensions.pdf")
    why = await company.refused("Misha", "windowsMeasurementFinish", id=plan, sheetId=sheet)
    assert why["code"] == "NOT_FOUND"


async def test_a_manager_plans_nothing_for_the_deals_of_others(company: Company) -> None:
    deal = await company.request("Anna")
    why = await company.refused("Boris", "windowsMeasurementPlan", dealId=deal, startsAt=NOON)
    assert why["code"] == "NOT_FOUND"


async def test_an_opening_has_dimensions_that_a_wall_can_have(company: Company) -> None:
    deal = await company.request("Anna")
    why = await company.refused("Anna", "windowsOpeningCreate", dealId=deal, width=13, height=1_400)
    assert why["message"] == "An opening is from 100 to 20000 mm wide and high."
    assert why["path"][-1] == "width"


async def test_an_estimate_counts_openings_by_their_area_or_their_number(company: Company) -> None:
    window = await product(company, "Окно", "10000", "м²")
    door = await product(company, "Дверь", "27500.50", "шт.")
    deal = await measured(
        company,
        {**KITCHEN, "quantity": 2, "product": window},
        {"room": "Балкон", "width": 700, "height": 2_100, "kind": "BALCONY_DOOR", "product": door},
    )
    made = await company.do(
        "Vera", "windowsEstimateCreate",
        """windowsEstimate { revision total { amount }
           lines(first: 5) { nodes { name quantity unit amount { amount } } } }""",
        dealId=deal, discount="10",
    )  # fmt: skip
    assert made["lines"]["nodes"] == [
        {
            "name": "Окно: Кухня, 1300×1400",
            "quantity": "3.640",
            "unit": "м²",
            "amount": {"amount": "32760.00"},
        },
        {
            "name": "Дверь: Балкон, 700×2100",
            "quantity": "1.000",
            "unit": "шт.",
            "amount": {"amount": "24750.45"},
        },
    ]
    assert made["total"]["amount"] == "57510.45"


async def test_openings_without_a_product_are_named(company: Company) -> None:
    deal = await measured(company, KITCHEN)
    why = await company.refused("Anna", "windowsEstimateCreate", dealId=deal)
    assert "Кухня, 1300×1400" in why["message"]
    empty = await company.request("Boris")
    why = await company.refused("Boris", "windowsEstimateCreate", dealId=empty)
    assert "nothing to count" in why["message"]


async def test_a_revision_replaces_what_was_named_before(company: Company) -> None:
    deal = await measured(company, KITCHEN)
    item = {"name": "Окно", "price": "20000"}
    first = await company.do(
        "Anna", "windowsEstimateCreate", "windowsEstimate { id }", dealId=deal, items=[item]
    )
    why = await company.refused("Anna", "windowsEstimateCreate", dealId=deal, items=[item])
    assert "in revision 1: revise it" in why["message"]
    second = await company.do(
        "Anna", "windowsEstimateRevise", "windowsEstimate { id revision previous { id status { key } } }",
        id=first["id"], items=[{**item, "price": "18000"}],
    )  # fmt: skip
    assert second["revision"] == 2
    assert second["previous"] == {"id": first["id"], "status": {"key": "replaced"}}
    why = await company.refused("Anna", "windowsEstimateAccept", id=first["id"])
    assert "look at the latest revision" in why["message"]
    await company.do("Anna", "windowsEstimateRefuse", id=second["id"], reason="Дорого")
    third = await company.do(
        "Anna", "windowsEstimateRevise", "windowsEstimate { id }", id=second["id"], items=[item],
        validUntil="2026-03-10",
    )  # fmt: skip
    await company.jump_to("2026-03-11T10:00")
    why = await company.refused("Anna", "windowsEstimateAccept", id=third["id"])
    assert "was valid until 2026-03-10" in why["message"]


async def test_an_accepted_estimate_becomes_the_amount_of_the_deal_whatever_somebody_has_typed(
    company: Company,
) -> None:
    deal = await measured(company, KITCHEN)
    await company.do("Anna", "dealUpdate", id=deal, amount={"amount": "1", "currency": "RUB"})
    await company.do(
        "Anna", "dealLineCreate", dealId=deal, name="Guess", price={"amount": "5", "currency": "RUB"}
    )
    items = [{"name": "Окно", "price": "20000", "quantity": "2"}, {"name": "Доставка", "price": "1500"}]
    made = await company.do(
        "Anna", "windowsEstimateCreate", "windowsEstimate { id }", dealId=deal, items=items
    )
    await company.do("Anna", "windowsEstimateAccept", id=made["id"])
    told = await company.ask(
        "Anna",
        """query($id: ID!) { deal(id: $id) { amount { amount } stage { key } lines(first: 5) { nodes { name } }
          windows { estimateAccepted { amount } } } }""",
        id=deal,
    )
    assert told["amount"]["amount"] == told["windows"]["estimateAccepted"]["amount"] == "41500.00"
    assert [one["name"] for one in told["lines"]["nodes"]] == ["Окно", "Доставка"]
    assert told["stage"]["key"] == "payment"


async def test_prices_are_for_those_who_sell(company: Company) -> None:
    deal = await measured(company, KITCHEN)
    await company.do("Anna", "windowsEstimateCreate", dealId=deal, items=[{"name": "Окно", "price": "20000"}])
    query = "{ windowsEstimates(first: 5) { totalCount } windowsLines(first: 5) { totalCount } }"
    for name, number in (("Anna", 1), ("Vera", 1), ("Maxim", 0), ("Semyon", 0), ("Boris", 0)):
        told = await company.ask(name, query)
        assert {one["totalCount"] for one in told.values()} == {number}, name


async def test_an_installation_is_planned_when_the_order_is_paid_for_people_who_are_there(
    company: Company,
) -> None:
    deal = await measured(company, KITCHEN)
    crew = await company.do("Semyon", "windowsCrewCreate", "windowsCrew { id }", name="Crew 1")
    plan = {
        "dealId": deal, "crewId": crew["id"],
        "startsAt": "2026-03-16T09:00:00+03:00", "finishBy": "2026-03-17T18:00:00+03:00",
    }  # fmt: skip
    why = await company.refused("Semyon", "windowsInstallationPlan", **plan)
    assert "at Coordination: an installation is planned once it is paid" in why["message"]
    made = await company.do(
        "Anna", "windowsEstimateCreate", "windowsEstimate { id }",
        dealId=deal, items=[{"name": "Окно", "price": "20000"}],
    )  # fmt: skip
    await company.do("Anna", "windowsEstimateAccept", id=made["id"])
    await company.reach("Anna", deal, "paid")
    why = await company.refused("Semyon", "windowsInstallationPlan", **plan)
    assert "has nobody in it" in why["message"]
    member = {"crewId": crew["id"], "userId": company.id_of("Ivan")}
    await company.do("Semyon", "windowsCrewMemberCreate", **member)
    done = await company.do("Semyon", "windowsInstallationPlan", "windowsInstallation { id }", **plan)
    await company.do("Ivan", "windowsInstallationStart", id=done["id"])
    await company.do("Ivan", "windowsInstallationFinish", id=done["id"])
    assert await company.where(deal) == "act"

    # Three days later something is wrong: whoever installed has three working days.
    await company.jump_to("2026-03-20T12:00")
    claim = await company.do(
        "Anna", "windowsWarrantyClaimOpen",
        "windowsWarrantyClaim { id responsible { name } contactPhone solveBy }",
        dealId=deal, complaint="Дует", kind="LEAK",
    )  # fmt: skip
    assert (claim["responsible"]["name"], claim["contactPhone"]) == ("Ivan", "+79161234567")
    assert company.local(claim["solveBy"]) == "25.03 12:00"
    assert [(one["title"], one["due"]) for one in await company.tasks("Ivan", deal)] == [
        ("Solve a warranty claim", "25.03 12:00")
    ]
    await company.do("Ivan", "windowsWarrantyClaimSolve", id=claim["id"], solution="Заменили уплотнитель")
    assert await company.tasks("Ivan", deal) == []


async def test_orders_and_openings_are_exported_in_the_words_of_the_trade(
    company: Company, tmp_path: Path
) -> None:
    await measured(company, KITCHEN)
    owner = replace(company.people["Olga"].actor, locale="ru")
    for entity, told in (
        ("deal", {"Адрес объекта": "ул. Садовая, 5", "Проёмов по замеру": 1, "Клиент": "Анна Петрова"}),
        ("windows.opening", {"Помещение": "Кухня", "Ширина, мм": 1_300, "Вид": "Окно"}),
    ):
        path = tmp_path / f"{entity}.xlsx"
        assert await export_records(company.app, owner, company.app.model[entity], path) == 1
        head, row = load_workbook(path).worksheets[0].iter_rows(values_only=True)
        assert told.items() <= dict(zip(head, row, strict=True)).items()


def test_all_that_the_company_says_is_said_in_russian_too() -> None:
    package = Path(str(importlib.resources.files(cardfile_windows)))
    known = tomllib.loads((package / "texts" / "ru.toml").read_text(encoding="utf-8"))
    said = {"A reason is needed.", "There is no such record: {id}."}  # The core says these too.
    for path in package.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = {"Refused": 0, "InvalidInput": 0, "NotFound": 0, "Tiding": 2}.get(node.func.id)
            if place is not None:
                said.add(ast.literal_eval(node.args[place]))
    assert said == {*known, "A reason is needed.", "There is no such record: {id}."}
