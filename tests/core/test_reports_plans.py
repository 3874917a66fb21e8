"""Sales plans as people write them down: whose they are, and who sees them."""

import pytest
from reports_desk import BlindPlugin, ReportDesk

from cardfile import App, Plugin
from cardfile.errors import Refused

pytestmark = pytest.mark.anyio

AMOUNT = {"amount": "500000", "currency": "RUB"}


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (BlindPlugin,)


async def test_a_teams_plan_is_its_heads_and_the_companys_nobodys_whoever_writes_it(app: App) -> None:
    desk = ReportDesk(app)
    people = await desk.hire()
    olga = await desk.colleague("Olga", "owner")
    march, april = {"month": "2026-03-15", "amount": AMOUNT}, {"month": "2026-04-01", "amount": AMOUNT}
    team = await desk.do("sales_plan.create", by=olga, values={**march, "team": people.team})
    company = await desk.do("sales_plan.create", by=olga, values={**march, "owner": None})
    assert (team.owner, company.owner) == (people.head.user, None)
    await desk.do("sales_plan.create", by=people.head, values={**march, "owner": people.anna.user})
    await desk.do("sales_plan.create", by=people.head, values={**april, "team": people.team})
    with pytest.raises(Refused):
        await desk.do("sales_plan.create", by=people.head, values={**march, "owner": people.clara.user})
    with pytest.raises(Refused):
        await desk.do("sales_plan.create", by=people.anna, values={**april, "owner": people.anna.user})
    seen = [
        len(await desk.rows("sales_plan", by=one)) for one in (olga, people.analyst, people.head, people.anna)
    ]
    assert seen == [4, 4, 3, 1]
    assert await desk.rows("sales_plan", by=people.clara) == []
