"""Made-up orders: which way each has gone, and when; no database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from cardfile_windows.demo_names import PRODUCTS, address

__all__ = ["OpeningMade", "Order", "Stay", "orders"]

WAY: Final = ("first_call", "measurements", "coordination", "payment", "installation", "act", "won")
SERVICE: Final = ("request", "visit", "done")
GOALS: Final = {
    "first_call": "measurement_agreed", "measurements": "measured", "coordination": "price_accepted",
    "payment": "paid", "installation": "installed", "act": "feedback_given",
    "request": "visit_agreed", "visit": "repaired",
}  # fmt: skip
"""By which goal an order leaves a stage when all goes well."""

DAYS: Final = {
    "first_call": (0.05, 1.5), "measurements": (1, 4), "coordination": (0.5, 9), "payment": (0.5, 6),
    "installation": (6, 16), "act": (0.3, 4), "request": (0.1, 1.5), "visit": (1, 6),
}  # fmt: skip
"""How many days an order is in a stage, from and to."""

OPEN: Final = {
    "first_call": 16, "measurements": 15, "coordination": 18, "payment": 9, "installation": 12, "act": 6,
}  # fmt: skip
"""How many of 300 orders are in which stage now."""

LOST_AT: Final = {"first_call": 40, "measurements": 12, "coordination": 42, "payment": 6}
REPAIRS: Final = 0.05
WON: Final = 0.55
YEARS: Final = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class OpeningMade:
    """An opening, and which product of the list is to stand in it."""

    room: str
    kind: str
    width: int
    height: int
    product: int


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of an order in a stage, and the goal by which it left."""

    stage: str
    entered: datetime
    goal: str | None = None


@dataclass(slots=True)
class Order:
    """One order: its object, its openings, and its way."""

    pipeline: str
    stays: list[Stay]
    address: str
    floor: int
    openings: list[OpeningMade]
    deal: int = 0
    client: int = 0
    owner: int = 0
    estimate: int = 0
    extra: dict[str, object] = field(default_factory=dict)

    @property
    def stage(self) -> str:
        """The key of the stage in which the order is."""
        return self.stays[-1].stage

    @property
    def since(self) -> datetime:
        """Since when it is there."""
        return self.stays[-1].entered

    def entered(self, stage: str) -> datetime | None:
        """Return when it came into a stage, None when it never did."""
        return next((one.entered for one in self.stays if one.stage == stage), None)


def orders(random: Random, now: datetime, zone: ZoneInfo, size: int) -> list[Order]:
    """Return orders in all stages, the oldest two years old, in the order of their requests."""
    made = []
    for stage, number in OPEN.items():
        for _ in range(max(1, round(number * size / 300))):
            low, high = DAYS[stage]
            since = now - timedelta(days=random.uniform(low / 4, high * 1.2))
            made.append(_order(random, "windows", WAY[: WAY.index(stage) + 1], since, zone))
    while len(made) < size:
        end = now - random.random() * YEARS - timedelta(days=1)
        if random.random() < REPAIRS:
            made.append(_order(random, "window_service", SERVICE, end, zone))
        elif random.random() < WON:
            made.append(_order(random, "windows", WAY, end, zone))
        else:
            (last,) = random.choices(list(LOST_AT), list(LOST_AT.values()))
            made.append(_order(random, "windows", (*WAY[: WAY.index(last) + 1], "lost"), end, zone))
    made.sort(key=lambda one: one.stays[0].entered)
    return made


def _order(random: Random, pipeline: str, way: Sequence[str], last: datetime, zone: ZoneInfo) -> Order:
    """Return an order that came into the last stage of its way at `last`."""
    moments = [_at_work(random, last, zone)]
    for stage in reversed(way[:-1]):
        before = moments[0] - timedelta(days=random.uniform(*DAYS[stage]))
        moments.insert(0, min(_at_work(random, before, zone), moments[0] - timedelta(minutes=20)))
    goals = [GOALS[stage] for stage in way[:-1]]
    if way[-1] == "lost":
        goals[-1] = "refused"
    stays = [
        Stay(stage, moment, goal) for stage, moment, goal in zip(way, moments, [*goals, None], strict=True)
    ]
    return Order(pipeline, stays, address(random), random.randrange(1, 17), _openings(random))


def _at_work(random: Random, moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a moment of the same working day, or of the one before it."""
    local = moment.astimezone(zone)
    day = local.date() - timedelta(days=max(0, local.weekday() - 4))
    if day == local.date() and 9 <= local.hour < 18:
        return moment
    return datetime.combine(day, time(random.randrange(9, 18), random.randrange(60)), zone).astimezone(
        moment.tzinfo
    ) - timedelta(days=1 if day == local.date() and local.hour < 9 else 0)


ROOMS: Final = ("Кухня", "Спальня", "Гостиная", "Детская", "Кабинет", "Балкон")


def _openings(random: Random) -> list[OpeningMade]:
    windows = [place for place, one in enumerate(PRODUCTS) if one.kind == "window"]
    chosen = random.choice(windows)
    made = []
    for room in random.sample(ROOMS[:5], random.choice((1, 2, 2, 3, 3, 4))):
        made.append(
            OpeningMade(
                room, "window", random.randrange(90, 210) * 10, random.randrange(120, 160) * 10, chosen
            )
        )
    if random.random() < 0.35:
        glazing = next(place for place, one in enumerate(PRODUCTS) if one.kind == "balcony")
        made.append(OpeningMade("Балкон", "balcony", random.randrange(280, 620) * 10, 1_500, glazing))
    return made
