"""Plan and fact: what was to be won in each month, and what was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Final

from cardfile.access.tables import Team, User
from cardfile.deals.tables import Deal
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.plugins.reports import report
from cardfile.query import Measure, fetch_records
from cardfile.reports.asking import Period, in_days, in_period, of_people, of_record, period_of
from cardfile.reports.figures import Amount, Counting, Figure, Filter, Person, all_of, people
from cardfile.reports.forecast import month_of
from cardfile.reports.tables import SalesPlan
from cardfile.values.money import Money, minor_digits

__all__ = ["PlanFact", "plan_fact"]

MOST_PLANS: Final = 200
AT_ONCE: Final = 40
"""How many facts one statement counts."""

MONTHS: Final = (
    "The months that count, by any day in the first and in the last; the usual year when left out."
)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan, and the deals won in its month by whom it is for: in `fact` all currencies, in `done` that of the plan.

    `plan`, `done` and `part` are null where the reader must not see the sums.
    """

    plan_id: str
    month: date
    manager: Person | None
    team: str | None
    plan: Amount | None
    fact: Figure
    done: Amount | None
    part: float | None


@dataclass(frozen=True, slots=True)
class PlanFact:
    """Plans of some months, each with the fact: of a month by itself first the whole company's, teams', people's."""

    lines: list[PlanLine]


@report("plan_fact", entity="sales_plan", label={"en": "Plan and fact", "ru": "План и факт"})
async def plan_fact(
    call: Call,
    period: Annotated[Period | None, MONTHS] = None,
    owner: Annotated[User | None, "Only plans for which this colleague answers."] = None,
    team: Annotated[Team | None, "Only plans of this team."] = None,
) -> PlanFact:
    """Compare the sales plans of some months with the deals that were won in them by those who are meant."""
    asked = period_of(call, period)
    months = Period(month_of(asked.since), _last_day(asked.until))
    wanted = all_of(
        in_days("month", months), of_record(call, "owner", User, owner), of_record(call, "team", Team, team)
    )
    plans = await fetch_records(
        call.app.database, call.app.model, call.app.model.of_table(SalesPlan), call.rights,
        now=call.now, filter=wanted, order=("month", "id"), limit=MOST_PLANS + 1, reading=call.work.reading,
    )  # fmt: skip
    if len(plans) > MOST_PLANS:
        raise InvalidInput(
            "There are more than {most} plans: ask for fewer months.", most=MOST_PLANS, path=("period",)
        )
    facts = await _facts(call, plans, months)
    names = await people(call, [one["owner"] for one in plans])
    is_shown = call.rights.sees("sales_plan", "amount")
    return PlanFact(
        [
            _line(call, plan, fact, names.get(plan["owner"]), is_shown=is_shown)
            for plan, fact in zip(plans, facts, strict=True)
        ]
    )


async def _facts(call: Call, plans: Sequence[dict[str, object]], months: Period) -> list[Figure]:
    won = Counting(call, Deal, {"result": {"eq": "won"}}, in_period(call, "closed_at", months))
    measures = {f"{one['id']}": Measure(await _whose(call, one), total="amount") for one in plans}
    names = list(measures)
    found: dict[str, Figure] = {}
    for start in range(0, len(names), AT_ONCE):
        found |= await won.figures({name: measures[name] for name in names[start : start + AT_ONCE]})
    return [found[name] for name in names]


async def _whose(call: Call, plan: dict[str, object]) -> Filter:
    """Return the filter of the deals that a plan is about."""
    month = plan["month"]
    assert isinstance(month, date)
    during = in_period(call, "closed_at", Period(month, _last_day(month)))
    team, owner = plan["team"], plan["owner"]
    if isinstance(team, int):
        found = await call.load(Team, [team])
        whose = await of_people(call, "owner", None, found[0]) if found else {"id": {"in": []}}
        return all_of(during, whose)
    return all_of(during, of_record(call, "owner", User, owner if isinstance(owner, int) else None))


def _line(
    call: Call, plan: dict[str, object], fact: Figure, manager: Person | None, *, is_shown: bool
) -> PlanLine:
    month, amount, team = plan["month"], plan["amount"], plan["team"]
    assert isinstance(month, date)
    assert isinstance(amount, Money)
    planned = Amount.of(amount.currency, amount.minor) if is_shown else None
    done = None
    if fact.sums is not None and planned is not None:
        nothing = Amount(amount.currency, Decimal(0).scaleb(-minor_digits(amount.currency)))
        done = next((one for one in fact.sums if one.currency == amount.currency), nothing)
    part = None
    if done is not None and planned is not None and planned.amount:
        part = round(float(done.amount / planned.amount), 4)
    model = call.app.model
    return PlanLine(
        plan_id=model.of_table(SalesPlan).global_id(int(str(plan["id"]))),
        month=month,
        manager=manager,
        team=model.of_table(Team).global_id(team) if isinstance(team, int) else None,
        plan=planned,
        fact=fact,
        done=done,
        part=part,
    )


def _last_day(day: date) -> date:
    return month_of(month_of(day) + timedelta(days=31)) - timedelta(days=1)
