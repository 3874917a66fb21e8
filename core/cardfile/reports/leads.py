"""Leads: what became of those who came as a lead in a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from cardfile.access.tables import Team, User
from cardfile.clients.choices import Standing
from cardfile.clients.tables import Client
from cardfile.journal.calls import Call
from cardfile.plugins.reports import report
from cardfile.query import Elapsed, First, Measure
from cardfile.reports.asking import OWNER, PERIOD, TEAM, Period, in_period, of_people, period_of
from cardfile.reports.figures import Counting, Figure, Filter, Person, Times, all_of, people, share
from cardfile.reports.sources import Source, source_of

__all__ = ["ANSWER", "FirstResponse", "Leads", "first_response", "leads"]

LEAD: Final = Standing.LEAD.value
LOST: Final = Standing.LOST.value
BUYERS: Final = [Standing.ACTIVE.value, Standing.PERMANENT.value]
WANTED: Final = [Standing.POTENTIAL.value, *BUYERS]

CAME_AS_LEAD: Final[Filter] = {
    "or": [{"standing": {"eq": LEAD}}, {"standingChanges": {"some": {"was": {"eq": LEAD}}}}]
}
QUALIFIED: Final[Filter] = {"standingChanges": {"some": {"became": {"in": WANTED}}}}

ANSWER: Final[Filter] = {
    "direction": {"eq": "outgoing"},
    "and": [
        {"or": [{"state": {"isNull": True}}, {"state": {"notIn": ["planned", "missed", "failed"]}}]},
        {"kind": {"notIn": ["note"]}},
    ],
}
"""What counts as an answer to a client: something that went out to him and reached him."""


@dataclass(frozen=True, slots=True)
class LeadFigures:
    """Leads of a period, each in one of three lots.

    `qualified` ever became potential or more, `bought` of them active or permanent; `rejected` were lost before;
    `waiting` are neither yet. `conversion` is the part of the leads that were qualified.
    """

    leads: Figure
    qualified: Figure
    bought: Figure
    rejected: Figure
    waiting: Figure
    conversion: float | None


@dataclass(frozen=True, slots=True)
class LeadsByManager:
    """The leads of one manager; null stands for leads that are nobody's, or somebody's out of sight."""

    manager: Person | None
    figures: LeadFigures


@dataclass(frozen=True, slots=True)
class LeadsBySource:
    """The leads of one source; null stands for those of which nobody knows."""

    source: Source | None
    figures: LeadFigures


@dataclass(frozen=True, slots=True)
class Leads:
    """The conversion of leads: in all, by who looks after them, by where they came from."""

    total: LeadFigures
    managers: list[LeadsByManager]
    sources: list[LeadsBySource]


@report("leads", entity="client", label={"en": "Conversion of leads", "ru": "Конверсия лидов"})
async def leads(
    call: Call,
    period: Annotated[Period | None, PERIOD] = None,
    owner: Annotated[User | None, OWNER] = None,
    team: Annotated[Team | None, TEAM] = None,
) -> Leads:
    """Count what became of the clients who came in a period as leads, by the history of their standing."""
    came = in_period(call, "created_at", period_of(call, period))
    counting = Counting(call, Client, came, CAME_AS_LEAD, await of_people(call, "owner", owner, team))
    unqualified: Filter = {"not": QUALIFIED}
    measures = {
        "leads": Measure(),
        "qualified": Measure(QUALIFIED),
        "bought": Measure({"standingChanges": {"some": {"became": {"in": BUYERS}}}}),
        "rejected": Measure(all_of({"standing": {"eq": LOST}}, unqualified)),
        "waiting": Measure(all_of({"standing": {"notIn": [LOST]}}, unqualified)),
    }
    whole, managers = await counting.whole_and_by("owner", measures)
    names = await people(call, [one.key for one in managers])
    return Leads(
        total=_lots(whole),
        managers=[LeadsByManager(names.get(one.key), _lots(one.figures)) for one in managers],
        sources=[
            LeadsBySource(source_of(call, Client, one.key), _lots(one.figures))
            for one in await counting.by("source", measures)
        ],
    )


def _lots(figures: Mapping[str, Figure]) -> LeadFigures:
    return LeadFigures(**figures, conversion=share(figures["qualified"].count, figures["leads"].count))


@dataclass(frozen=True, slots=True)
class ResponseOf:
    """How soon the clients of one manager were answered; null stands for clients that are nobody's."""

    manager: Person | None
    clients: Figure
    answered: Figure
    waiting: Figure
    took: Times | None


@dataclass(frozen=True, slots=True)
class FirstResponse:
    """How soon new clients got their first answer, by the clock on the wall, in all and by manager."""

    clients: Figure
    answered: Figure
    waiting: Figure
    took: Times | None
    managers: list[ResponseOf]


@report("first_response", entity="client", label={"en": "First response", "ru": "Первый ответ"})
async def first_response(
    call: Call,
    period: Annotated[Period | None, PERIOD] = None,
    owner: Annotated[User | None, OWNER] = None,
    team: Annotated[Team | None, TEAM] = None,
) -> FirstResponse:
    """Tell how long clients who came in a period waited for the first call, letter or message to them."""
    came = in_period(call, "created_at", period_of(call, period))
    counting = Counting(call, Client, came, await of_people(call, "owner", owner, team))
    measures = {
        "clients": Measure(),
        "answered": Measure({"interactions": {"some": ANSWER}}),
        "waiting": Measure({"interactions": {"none": ANSWER}}),
    }
    waited = Elapsed("created_at", First("interactions", "at", ANSWER))
    whole, found = await counting.whole_and_by("owner", measures)
    names, took = await people(call, [one.key for one in found]), await counting.times(waited, by="owner")
    return FirstResponse(
        **whole,
        took=(await counting.times(waited)).get(None),
        managers=[ResponseOf(names.get(one.key), **one.figures, took=took.get(one.key)) for one in found],
    )
