"""Made-up lives of members: which memberships they had, and when they came."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from cardfile_fitness.entities import Status

__all__ = ["PLANS", "Life", "PlanMade", "Spell", "live"]


@dataclass(frozen=True, slots=True)
class PlanMade:
    """A plan of the demo club, and how many of a hundred buyers take it."""

    name: str
    days: int
    visits: int | None
    freeze_days: int
    roubles: int
    share: int


PLANS = (
    PlanMade("Месяц", 30, None, 0, 4_900, 24),
    PlanMade("12 посещений", 60, 12, 0, 7_800, 18),
    PlanMade("Три месяца", 91, None, 7, 12_900, 22),
    PlanMade("Полгода", 182, None, 21, 21_500, 16),
    PlanMade("Год", 365, None, 45, 34_900, 14),
    PlanMade("Год, утро", 365, None, 30, 24_900, 6),
)


@dataclass(slots=True)
class Spell:
    """One membership of somebody."""

    plan: int
    starts_on: date
    ends_on: date
    status: Status = Status.ENDED
    visits_left: int | None = None
    frozen: tuple[date, date] | None = None
    visits: list[datetime] = field(default_factory=list)


@dataclass(slots=True)
class Life:
    """The life of a member in the club, from his first day on."""

    joined_on: date
    spells: list[Spell] = field(default_factory=list)

    @property
    def last(self) -> Spell:
        """The latest membership."""
        return self.spells[-1]


def live(random: Random, now: datetime, zone: ZoneInfo, per_week: int) -> Life:
    """Return a life: memberships one after another, renewed or not, and a year of visits with a rhythm."""
    today = now.astimezone(zone).date()
    life = Life(today - timedelta(days=int(random.triangular(2, 1_000, 90))))
    start = life.joined_on
    while True:
        number = random.choices(range(len(PLANS)), [plan.share for plan in PLANS])[0]
        spell = Spell(number, start, start + timedelta(days=PLANS[number].days - 1))
        life.spells.append(spell)
        if spell.ends_on >= today or random.random() > 0.84:
            break
        start = spell.ends_on + timedelta(days=random.choice((1, 1, 1, 2, 5, 12, 25)))
        if start > today:
            break
    habit = _habit(random, per_week)
    for spell in life.spells:
        _fill(random, spell, habit, today, now, zone)
    return life


@dataclass(frozen=True, slots=True)
class _Habit:
    """On which weekdays somebody comes, at what hour, and how reliably."""

    days: frozenset[int]
    hour: int
    weekend_hour: int
    will: float


def _habit(random: Random, per_week: int) -> _Habit:
    week = sorted(range(7), key=lambda day: random.random() / (1.3, 1.1, 1.2, 1.1, 0.8, 0.9, 0.6)[day])
    return _Habit(
        frozenset(week[:per_week]),
        random.choices((7, 8, 9, 12, 13, 17, 18, 19, 20), (8, 9, 5, 6, 4, 10, 24, 22, 12))[0],
        random.choice((10, 11, 12, 13, 15, 17)),
        random.uniform(0.2, 0.72),
    )


def _fill(random: Random, spell: Spell, habit: _Habit, today: date, now: datetime, zone: ZoneInfo) -> None:
    """Put visits, freeze and status into a membership."""
    plan = PLANS[spell.plan]
    is_running = spell.starts_on <= today <= spell.ends_on
    if is_running and plan.freeze_days and random.random() < 0.06:
        first = today - timedelta(days=random.randrange(0, 5))
        spell.frozen = (
            max(first, spell.starts_on),
            today + timedelta(days=random.randrange(1, plan.freeze_days)),
        )
        spell.ends_on += timedelta(days=(spell.frozen[1] - spell.frozen[0]).days + 1)
    left = plan.visits
    for day in _days(spell, today):
        if spell.frozen and day >= spell.frozen[0]:
            break
        if left == 0:
            break
        visit = _visit(random, spell, habit, day, zone)
        if visit is not None and visit < now:
            spell.visits.append(visit)
            left = left - 1 if left is not None else None
    spell.visits_left = left
    if is_running:
        spell.status = Status.FROZEN if spell.frozen else Status.ACTIVE
    if left == 0:
        spell.status = Status.USED_UP


def _days(spell: Spell, today: date) -> Iterator[date]:
    """Yield the days of a membership within the last year, up to today."""
    day = max(spell.starts_on, today - timedelta(days=365))
    while day <= min(spell.ends_on, today):
        yield day
        day += timedelta(days=1)


def _visit(random: Random, spell: Spell, habit: _Habit, day: date, zone: ZoneInfo) -> datetime | None:
    if day.weekday() not in habit.days or (day.month, day.day) in ((1, 1), (12, 31)):
        return None
    # People come eagerly at first and less towards the end, and less in the summer.
    age = (day - spell.starts_on).days
    will = habit.will * (1.2 if age < 30 else 0.9) * (0.7 if day.month in (7, 8) else 1.0)
    if random.random() > will:
        return None
    hour = habit.weekend_hour if day.weekday() >= 5 else habit.hour
    moment = datetime.combine(day, time(hour, random.randrange(60)), zone) + timedelta(
        minutes=random.randrange(-25, 25)
    )
    return moment.astimezone(UTC)
