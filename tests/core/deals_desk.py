"""A desk at which the tests of deals work: a small pipeline, deals in it, people around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from clients_desk import Desk

from cardfile import (
    Approved,
    Attached,
    CardField,
    Filled,
    Goal,
    Holds,
    Kind,
    Pipeline,
    Plugin,
    Reached,
    Stage,
    StageDocument,
    days,
    hookimpl,
)
from cardfile.deals.moves import MissingForStage
from cardfile.errors import Refused
from cardfile.pipelines import PipelineBook, pipeline_book
from cardfile.rights import Actor

WINDOWS = Pipeline(
    "windows",
    {"en": "Windows", "ru": "Окна"},
    stages=(
        Stage(
            "call",
            {"en": "First call", "ru": "Первый звонок"},
            probability=10,
            expected_days=2,
            rots_after=5,
            goals=(
                Goal("measuring", {"en": "Agreed on a measurement", "ru": "Договорились о замере"}),
                Goal("refused", {"en": "Refused", "ru": "Отказ"}, outcome="refuse"),
                Goal("later", {"en": "Later", "ru": "Позже"}, outcome="postpone", by=days(30)),
                Goal(
                    "service", {"en": "Needs a repair", "ru": "Ремонт"}, outcome="branch", to="repair/intake"
                ),
            ),
        ),
        Stage(
            "measurement",
            {"en": "Measurements", "ru": "Замеры"},
            probability=40,
            goals=(
                Goal("measured", "Measured", together="done"),
                Goal("priced", "Priced", together="done"),
            ),
            leave=(
                Filled("amount"),
                Filled("glass.address"),
                Filled("client.birthday"),
                Filled("client.phones"),
                Attached("measurement"),
            ),
        ),
        Stage(
            "payment",
            {"en": "Payment", "ru": "Оплата"},
            probability=80,
            enter=(Holds({"amount": {"gt": "1000"}}, {"en": "More than 1000", "ru": "Больше 1000"}),),
            leave=(Reached("paid"), Approved("head")),
            goals=(Goal("paid", "Paid"),),
            documents=(StageDocument("invoice"),),
        ),
        Stage("won", {"en": "Won", "ru": "Успех"}, outcome="won", probability=100),
        Stage("lost", {"en": "Lost", "ru": "Отказ"}, outcome="lost", probability=0),
    ),
)
REPAIR = Pipeline(
    "repair",
    "Repair",
    stages=(
        Stage("intake", "Intake"),
        Stage("fixed", "Fixed", outcome="won"),
        Stage("dropped", "Dropped", outcome="lost"),
    ),
)


class GlassPlugin(Plugin):
    """What a maker of windows adds: a way of deals, an address, and a word in their moves."""

    name = "glass"
    label = "Glass"
    requires = "cardfile>=0"
    pipelines = (WINDOWS, REPAIR)
    card_fields = (CardField("address", {"en": "Address", "ru": "Адрес объекта"}, Kind.TEXT, on="deal"),)
    made: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self.documents: list[tuple[int, str]] = []
        self.entered: list[tuple[int, str]] = []

    @hookimpl
    async def deal_moving(self, deal: Any, to: Any) -> None:
        """Refuse what a deal of that title may not do."""
        if deal.title == "Cursed" and to.key == "measurement":
            raise Refused("This deal is cursed.")

    @hookimpl
    async def deals_entering(self, moves: Any) -> None:
        """Remember who came where."""
        self.entered += [(one.deal, one.to.key) for one in moves]

    @hookimpl
    async def document_making(self, deal: Any, kind: str) -> None:
        """Remember what was asked for."""
        self.documents.append((deal.id, kind))


@dataclass(frozen=True)
class DealDesk(Desk):
    """The desk, with the words of deals."""

    async def book(self) -> PipelineBook:
        """Return the pipelines."""
        return await pipeline_book(self.app.access)

    async def stage(self, path: str) -> int:
        """Return the id of a stage: `call`, or `repair/intake`."""
        return (await self.book()).stage_by_key(path if "/" in path else f"windows/{path}").id

    async def goal(self, stage: str, key: str) -> int:
        """Return the id of a goal."""
        goal = (await self.book()).stage_by_key(f"windows/{stage}").goal(key)
        assert goal is not None
        return goal.id

    async def deal(self, title: str = "Windows for Anna", *, stage: str | None = None, **values: Any) -> int:
        """Make a deal, with a client of its own unless one is given, and return its id."""
        by = values.pop("by", None)
        if "client" not in values:
            values["client"] = await self.client("Anna Petrova", **({"by": by} if by else {}))
        if stage is not None:
            values["stage"] = await self.stage(stage)
        made = await self.do("deal.create", by=by, values={"title": title, **values})
        return int(made.id)

    async def move(self, deal: int, stage: str, *, by: Actor | None = None, **more: Any) -> None:
        """Move a deal."""
        await self.do("deal.move", by=by, deal=deal, to=await self.stage(stage), **more)

    async def reach(self, deal: int, key: str, *, by: Actor | None = None, **more: Any) -> None:
        """Reach a goal of the stage in which a deal stands."""
        stage = (await self.book()).stage((await self.row("deal", deal))["stage"])
        goal = stage.goal(key)
        assert goal is not None
        await self.do("deal.reach_goal", by=by, deal=deal, goal=goal.id, **more)

    async def where(self, deal: int) -> str:
        """Return the key of the stage in which a deal stands."""
        return (await self.book()).stage((await self.row("deal", deal))["stage"]).key

    async def stays(self, deal: int, *keys: str) -> list[Any]:
        """Return values of the stays of a deal, in their order."""
        book = await self.book()
        rows = await self.rows("stage_change", {"deal": {"id": {"eq": deal}}})
        told = [{**row, "stage": book.stage(row["stage"]).key} for row in rows]
        return [row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys) for row in told]

    async def measured(self, deal: int) -> None:
        """Give a deal and its client everything that measurements ask for."""
        client = (await self.row("deal", deal))["client"]
        known = {"birthday": "1990-02-14", "phones": ["+7 916 123-45-67"]}
        await self.do("client.update", record=client, values=known)
        values = {"amount": money("120000"), "glass": {"address": "Main st. 1"}}
        await self.do("deal.update", record=deal, values=values)
        await self.attach(deal, "measurement")

    async def attach(self, deal: int, kind: str, *, by: Actor | None = None) -> int:
        """Attach a file to a deal."""
        file = await self.file(by)
        made = await self.do("deal.attach", by=by, deal=deal, file=file, kind=kind)
        return int(made.id)

    async def file(self, by: Actor | None = None) -> int:
        """Upload a file and return its id."""

        async def pieces() -> Any:
            yield b"width 120, height 90"

        owner = by.user if by else None
        kept = await self.app.access.files.put(pieces(), name="sheet.txt", owner=owner, limit=1_000)
        return kept.id


def lacked(error: MissingForStage) -> list[tuple[str, str]]:
    """Return what is missing as kinds and keys."""
    return [(one.kind, one.key) for one in error.missing]


def money(amount: str, currency: str = "RUB") -> Mapping[str, str]:
    """Return a sum as people give it."""
    return {"amount": amount, "currency": currency}
