"""Stored computed fields are compared with their rows, and made true again."""

from collections.abc import Callable
from typing import Any

import pytest

from cardfile.app import App
from cardfile.journal.truth import find_untrue, make_true
from cardfile.plugins import Plugin
from cardfile.rights import Actor
from cardfile_fitness.plugin import FitnessPlugin

pytestmark = pytest.mark.anyio


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (FitnessPlugin,)


async def test_a_field_that_somebody_spoilt_is_found_and_repaired(
    app: App, make_client: Callable[..., Any]
) -> None:
    ann = await make_client("Ann")
    await make_client("Never came")
    async with app.unit_of_work(Actor.system("turnstile")) as work:
        await work.do("fitness.visit.check_in", client=ann, as_guest=True)
    assert await find_untrue(app) == ()
    async with app.database.transaction() as transaction:
        await transaction.execute(
            "update card_fitness_client set visits_total = 7, last_visit = null where id = $1", (ann,)
        )
    found = {one.path: one.records for one in await find_untrue(app)}
    assert found == {"fitness.visits_total": 1, "fitness.last_visit": 1}
    async with app.unit_of_work(Actor.system("check")) as work:
        await make_true(work)
    assert await find_untrue(app) == ()
