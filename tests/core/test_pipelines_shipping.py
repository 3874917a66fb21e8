"""Pipelines that plugins ship and administrators edit, over upgrades, on a database with rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cardfile import App, Goal, Pipeline, Plugin, Settings, Stage, days
from cardfile.errors import DeclarationError, InvalidInput, MigrationError, NotAllowed
from cardfile.pipelines import PipelineBook, pipeline_book
from cardfile.rights import Actor, Scope
from cardfile.seeds import differences, keep_difference, take_difference
from cardfile.tasks import task_book

pytestmark = pytest.mark.anyio

REQUEST = Stage(
    "request",
    {"en": "Request", "ru": "Заявка"},
    expected_days=1,
    goals=(
        Goal("agreed", "Agreed", to="trial"),
        Goal("refused", "Refused", outcome="refuse"),
        Goal("later", "Later", outcome="postpone", by=days(30)),
    ),
)
TRIAL = Stage("trial", "Trial", expected_days=3)
OFFER = Stage("offer", "Offer")
WON, LOST = Stage("won", "Won", outcome="won"), Stage("lost", "Lost", outcome="lost")

SYSTEM = Actor.system("administrator of the test")


def shipping(*stages: Stage) -> type[Plugin]:
    """A version of a plugin that ships one pipeline of these stages."""

    class Club(Plugin):
        name = "club"
        label = "Club"
        requires = "cardfile>=0"
        pipelines = (Pipeline("membership", "Membership", stages=(*stages, WON, LOST)),)

    return Club


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path, plugins=(), worker=False)


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{engine}_url")
    return url


@asynccontextmanager
async def installed(settings: Settings, *stages: Stage) -> AsyncIterator[App]:
    app = App.build(settings, plugins=(shipping(*stages),) if stages else ())
    await app.migrate()
    async with app.running():
        yield app


async def edit(app: App, path: str, **values: object) -> None:
    stage = (await book_of(app)).stage_by_key(f"membership/{path}")
    async with app.unit_of_work(SYSTEM) as work:
        await work.do("stage.update", record=stage.id, values=values)


async def book_of(app: App) -> PipelineBook:
    return await pipeline_book(app.access)


async def membership(app: App) -> list[tuple[str, str, int | None]]:
    pipeline = next(one for one in (await book_of(app)).live if one.key == "membership")
    return [(one.key, one.label, one.expected_days) for one in pipeline.stages]


async def test_a_plugin_ships_its_pipeline_before_the_cores_own(settings: Settings) -> None:
    async with installed(settings, REQUEST, TRIAL) as app:
        book = await book_of(app)
        request = book.stage_by_key("membership/request")
    assert [one.key for one in book.live] == ["membership", "sales"]
    assert [(one.key, one.by) for one in request.goals] == [
        ("agreed", None),
        ("refused", None),
        ("later", days(30)),
    ]
    assert request.goals[0].target == book.stage_by_key("membership/trial").id


async def test_labels_are_shipped_in_the_language_of_the_installation(settings: Settings) -> None:
    async with installed(settings.model_copy(update={"locale": "ru"}), REQUEST, TRIAL) as app:
        assert (await membership(app))[0] == ("request", "Заявка", 1)


async def test_an_administrators_edits_survive_an_upgrade(settings: Settings) -> None:
    async with installed(settings, REQUEST, TRIAL) as app:
        await edit(app, "request", label="First call", expected_days=2)
        await edit(app, "trial", position=5)
    newer = replace(REQUEST, label="Inquiry", expected_days=7, script="Ask for the goal.")
    async with installed(settings, newer, replace(TRIAL, expected_days=4), OFFER) as app:
        assert await membership(app) == [
            ("trial", "Trial", 4),
            ("request", "First call", 2),
            ("offer", "Offer", None),
            ("won", "Won", None),
            ("lost", "Lost", None),
        ]
        # Nobody had written a script, so the new one is taken.
        assert (await book_of(app)).stage_by_key("membership/request").script == "Ask for the goal."


async def test_an_administrators_goal_survives_an_upgrade(settings: Settings) -> None:
    async with installed(settings, REQUEST, TRIAL) as app:
        goal = (await book_of(app)).stage_by_key("membership/request").goals[2]
        async with app.unit_of_work(SYSTEM) as work:
            await work.do(
                "goal.update", record=goal.id, values={"postpone_by": "60d", "label": "In two months"}
            )
    later = replace(REQUEST.goals[2], by=days(45))
    async with installed(settings, replace(REQUEST, goals=(*REQUEST.goals[:2], later)), TRIAL) as app:
        goal = (await book_of(app)).stage_by_key("membership/request").goals[2]
        assert (goal.label, goal.by) == ("In two months", days(60))
        assert [(one.path, one.shipped, one.yours) for one in await differences(app)] == [
            ("label", "Later", "In two months"),
            ("postpone_by", "45d", "60d"),
        ]


async def test_a_stage_that_is_shipped_no_more_is_archived_and_comes_back_with_it(settings: Settings) -> None:
    async with installed(settings, REQUEST, TRIAL, OFFER) as app:
        offer = (await book_of(app)).stage_by_key("membership/offer").id
    async with installed(settings, REQUEST, TRIAL) as app:
        book = await book_of(app)
        assert book.stage(offer).is_archived
        assert [one.key for one in book.pipeline(book.stage(offer).pipeline).stages] == [
            "request",
            "trial",
            "won",
            "lost",
        ]
    async with installed(settings, REQUEST, TRIAL, OFFER) as app:
        assert (await book_of(app)).stage_by_key("membership/offer").id == offer


async def test_a_stage_that_a_person_archived_stays_so(settings: Settings) -> None:
    async with installed(settings, REQUEST, TRIAL) as app:
        trial = (await book_of(app)).stage_by_key("membership/trial").id
        async with app.unit_of_work(SYSTEM) as work:
            await work.do("stage.archive", record=trial)
    async with installed(settings, REQUEST, replace(TRIAL, expected_days=9), OFFER) as app:
        assert (await book_of(app)).stage(trial).is_archived


async def test_a_plugin_that_is_gone_takes_its_pipeline_out_of_sight_and_loses_nothing(
    settings: Settings,
) -> None:
    async with installed(settings, REQUEST, TRIAL) as app:
        await edit(app, "request", label="First call")
    async with installed(settings) as app:
        assert [one.key for one in (await book_of(app)).live] == ["sales"]
    async with installed(settings, REQUEST, TRIAL) as app:
        assert (await membership(app))[0] == ("request", "First call", 1)


async def test_a_difference_is_taken_or_kept_until_something_else_is_shipped(settings: Settings) -> None:
    async with installed(settings, REQUEST, TRIAL) as app:
        await edit(app, "request", label="First call", expected_days=2)
        async with app.unit_of_work(SYSTEM) as work:
            await take_difference(work, "stage", "membership/request", "label")
            await keep_difference(work, "stage", "membership/request", "expected_days")
        assert await differences(app) == ()
        assert (await membership(app))[0] == ("request", "Request", 2)
    async with installed(settings, replace(REQUEST, expected_days=5), TRIAL) as app:
        assert [(one.path, one.shipped, one.yours) for one in await differences(app)] == [
            ("expected_days", "5", "2")
        ]


async def test_an_app_does_not_start_before_what_it_ships_is_in_the_database(settings: Settings) -> None:
    async with installed(settings, REQUEST, TRIAL):
        pass
    changed = App.build(settings, plugins=(shipping(REQUEST, TRIAL, OFFER),))
    with pytest.raises(MigrationError, match="run cardfile migrate"):
        async with changed.running():
            pass


async def test_a_goal_that_leads_nowhere_stops_the_migration_with_a_sentence(settings: Settings) -> None:
    aside = Goal("aside", "Aside", outcome="branch", to="service/intake")
    app = App.build(settings, plugins=(shipping(replace(REQUEST, goals=(aside,)), TRIAL),))
    with pytest.raises(DeclarationError, match="'aside' of 'membership/request' leads to 'service/intake'"):
        await app.migrate()


async def test_a_stage_that_begins_an_unknown_process_stops_the_migration_with_a_sentence(
    settings: Settings,
) -> None:
    app = App.build(settings, plugins=(shipping(replace(REQUEST, processes=("onboarding",)), TRIAL),))
    with pytest.raises(
        DeclarationError, match=r"'membership/request' begins the process 'onboarding', .* there are: none"
    ):
        await app.migrate()


async def test_a_pipeline_keeps_a_beginning_and_both_ends(settings: Settings) -> None:
    async with installed(settings, REQUEST, TRIAL) as app:
        owner = Actor.system("owner")
        limited = replace(owner, rights=replace(owner.rights, unlimited=False, scopes=everything(app)))
        won = (await book_of(app)).stage_by_key("membership/won").id
        async with app.unit_of_work(limited) as work:
            with pytest.raises(NotAllowed, match="last stage of its kind"):
                await work.do("stage.archive", record=won)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"probability": 101}, "from 0 to 100", id="probability"),
        pytest.param({"key": "Первый звонок"}, "is no key", id="key"),
        pytest.param({"expected_days": -1}, "from 0 to 3660", id="norm"),
    ],
)
async def test_a_stage_keeps_sensible_values(
    settings: Settings, values: dict[str, object], message: str
) -> None:
    async with installed(settings, REQUEST, TRIAL) as app:
        with pytest.raises(InvalidInput, match=message):
            await edit(app, "trial", **values)


async def test_a_stage_begins_no_process_that_does_not_exist(settings: Settings) -> None:
    async with installed(settings, REQUEST, TRIAL) as app:
        trial = (await book_of(app)).stage_by_key("membership/trial").id
        async with app.unit_of_work(SYSTEM, via="api") as work:
            with pytest.raises(InvalidInput, match="There is no process onboarding"):
                await work.do("stage.update", record=trial, values={"processes": "onboarding"})


async def test_a_book_knows_all_rows_of_a_table_however_many(settings: Settings) -> None:
    async with installed(settings) as app:
        shipped, more = len((await task_book(app.access)).policies), 20_001
        async with app.database.transaction() as transaction:
            ids = await transaction.reserve_ids("reminder_policy", more)
            now = app.clock.now()
            rows = [(one, f"policy_{one}", "Policy", 1, now, now) for one in ids]
            columns = ("id", "key", "label", "version", "created_at", "updated_at")
            await transaction.insert_many("reminder_policy", columns, rows)
            await app.access.changed()
        assert len((await task_book(app.access)).policies) == shipped + more


def everything(app: App) -> dict[tuple[str, str], Scope]:
    return dict(app.roles.roles["owner"].scopes)
