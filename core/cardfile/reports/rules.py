"""What holds for every sales plan, whoever writes it."""

from collections.abc import Mapping, MutableMapping, Sequence
from datetime import date
from typing import Any, Final

from cardfile.access.tables import Team
from cardfile.errors import Refused
from cardfile.journal.calls import Call
from cardfile.plugins.hookspecs import Befores
from cardfile.reports.forecast import month_of
from cardfile.reports.tables import SalesPlan
from cardfile.rights import EVERYTHING
from cardfile.values.money import Money

__all__ = ["ReportRules"]

Values = MutableMapping[str, object]
Row = Mapping[str, Any]

PLAN: Final = "sales_plan"
TEAM: Final = "team"
MOST_PLANS: Final = 2_000
MARKED_BY: Final = frozenset(("month", "owner", "team", "amount"))


class ReportRules:
    """What the plugin of the core asks of plans: each is of a whole month, and there is but one for whom and when."""

    async def records_creating(self, call: Call, entity: str, rows: Sequence[Values]) -> None:
        """Complete new plans."""
        if entity == PLAN:
            await _complete(call, [({}, values) for values in rows])

    async def records_changing(
        self, call: Call, entity: str, befores: Befores, changes: Mapping[int, Values]
    ) -> None:
        """Keep the marks of changed plans in agreement with what they say."""
        if entity == PLAN and not MARKED_BY.isdisjoint(set().union(*changes.values())):
            rows = await befores()
            await _complete(call, [(rows[record], values) for record, values in changes.items()])

    async def records_keeping(
        self, call: Call, entity: str, created: Mapping[int, Row], changed: Mapping[int, Row]
    ) -> None:
        """Let the plans of a team follow its head."""
        heads = {one: head for one, row in changed.items() if isinstance(head := row.get("head"), int)}
        if entity == TEAM and heads:
            await _follow_heads(call, heads)


async def _follow_heads(call: Call, heads: Mapping[int, int]) -> None:
    """Let whoever heads a team from now on answer for its plans, this month's and those to come."""
    type_ = call.app.model.of_table(Team)
    teams = [type_.global_id(one) for one in heads]
    wanted = {"team": {"id": {"in": teams}}, "month": {"gte": month_of(call.now.date()).isoformat()}}
    plans = await call.find(SalesPlan, filter=wanted, limit=MOST_PLANS, rights=EVERYTHING)
    changes = {one.id: {"owner": heads[one.team]} for one in plans if isinstance(one.team, int)}
    if changes:
        await call.bulk_write(SalesPlan, changes, rights=EVERYTHING)


async def _complete(call: Call, plans: Sequence[tuple[Row, Values]]) -> None:
    heads = await _heads(call, {team for _, values in plans if isinstance(team := values.get("team"), int)})
    marks: set[str] = set()
    for was, values in plans:
        month = values.get("month")
        if isinstance(month, date):
            values["month"] = month_of(month)
        team = values.get("team")
        if isinstance(team, int) and team in heads:
            # Whoever writes the plan down: a new record would else be his.
            values["owner"] = heads[team]
        mark = _mark({**was, **values})
        if mark is None:
            continue  # What is required is missed by its own name.
        if mark != was.get("mark"):
            if mark in marks or await _is_taken(call, mark):
                raise Refused(
                    "There is a plan for this month, person, team and currency already: change that one."
                )
            values["mark"] = mark
        marks.add(mark)


async def _heads(call: Call, teams: set[int]) -> Mapping[int, int]:
    # Who answers for a team is no secret: the plan itself will say so.
    found = await call.load(Team, sorted(teams), rights=EVERYTHING) if teams else []
    return {one.id: one.head for one in found if isinstance(one.head, int)}


async def _is_taken(call: Call, mark: str) -> bool:
    return bool(await call.count(SalesPlan, filter={"mark": {"eq": mark}}, rights=EVERYTHING))


def _mark(row: Row) -> str | None:
    month, amount = row.get("month"), row.get("amount")
    if not isinstance(month, date) or not isinstance(amount, Money):
        return None
    # A team's plan stays the same one when another answers for it.
    whose = (
        f"team {row['team']}" if row.get("team") else f"user {row['owner']}" if row.get("owner") else "all"
    )
    return f"{month_of(month):%Y-%m} {whose} {amount.currency}"
