"""Sources: where the deals of a period came from, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from cardfile.access.tables import Team, User
from cardfile.clients.tables import Attribution
from cardfile.database.tables import Record
from cardfile.deals.tables import Deal
from cardfile.journal.calls import Call
from cardfile.pipelines.tables import Pipeline
from cardfile.plugins.reports import report
from cardfile.query import Measure
from cardfile.reports.asking import (
    OWNER,
    PERIOD,
    PIPELINE,
    TEAM,
    Period,
    in_period,
    of_people,
    of_pipeline,
    period_of,
)
from cardfile.reports.figures import Counting, Figure, Filter, all_of, share
from cardfile.texts import said

__all__ = ["Source", "SourceKind", "Sources", "source_of", "sources"]

MOST_VALUES: Final = 30


class SourceKind(StrEnum):
    """What tells where somebody came from: the field of the deal, or a mark of the client's first touch."""

    FIELD = "field"
    UTM_SOURCE = "utm_source"
    MEDIUM = "medium"
    CAMPAIGN = "campaign"
    KEYWORD = "keyword"
    SEARCH_ENGINE = "search_engine"


@dataclass(frozen=True, slots=True)
class Source:
    """A source: its key, and what people call it."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The deals of one source; null stands for those of which nobody knows. `conversion` is the part that was won."""

    source: Source | None
    deals: Figure
    won: Figure
    lost: Figure
    conversion: float | None


@dataclass(frozen=True, slots=True)
class Sources:
    """The deals of a period in all, and by source; of marks at first touch only the most frequent are told."""

    deals: Figure
    won: Figure
    lost: Figure
    conversion: float | None
    lines: list[SourceLine]


MEASURES: Final = {
    "deals": Measure(total="amount"),
    "won": Measure({"result": {"eq": "won"}}, total="amount"),
    "lost": Measure({"result": {"eq": "lost"}}, total="amount"),
}


@report("sources", entity="deal", label={"en": "Sources", "ru": "Источники"})
async def sources(
    call: Call,
    period: Annotated[Period | None, PERIOD] = None,
    pipeline: Annotated[Pipeline | None, PIPELINE] = None,
    owner: Annotated[User | None, OWNER] = None,
    team: Annotated[Team | None, TEAM] = None,
    kind: Annotated[SourceKind, "By what they are told apart."] = SourceKind.FIELD,
) -> Sources:
    """Count the deals that were opened in a period by where they came from, with what was won of them."""
    base = all_of(
        in_period(call, "created_at", period_of(call, period)),
        of_pipeline(call, pipeline),
        await of_people(call, "owner", owner, team),
    )
    counting = Counting(call, Deal, base)
    total = await counting.figures(MEASURES)
    if kind is SourceKind.FIELD:
        lines = [
            _line(source_of(call, Deal, one.key), one.figures)
            for one in await counting.by("source", MEASURES)
        ]
    else:
        lines = await _by_touch(call, counting, "source" if kind is SourceKind.UTM_SOURCE else kind.value)
    return Sources(**total, conversion=share(total["won"].count, total["deals"].count), lines=lines)


async def _by_touch(call: Call, counting: Counting, path: str) -> list[SourceLine]:
    """Return a line for each of the values at `path` that most clients with such deals have at their first touch."""
    first: Filter = {"touch": {"eq": "first"}}
    touches = Counting(call, Attribution, first, {"client": {"deals": {"some": counting.base}}})
    values = [one.key for one in await touches.by(path, {}) if one.key is not None][:MOST_VALUES]
    measures: dict[str, Measure] = {}
    key = "searchEngine" if path == "search_engine" else path
    wanted: dict[str | None, Filter] = {
        str(value): {"client": {"attributions": {"some": {**first, key: {"eq": value}}}}} for value in values
    }
    known = {**first, key: {"isNull": False}}
    wanted[None] = {"client": {"attributions": {"none": known}}}
    for number, one in enumerate(wanted.values()):
        measures |= {
            f"{name} {number}": Measure(all_of(one, each.filter), total=each.total)
            for name, each in MEASURES.items()
        }
    found = await counting.figures(measures)
    return [
        _line(
            None if value is None else Source(value, value),
            {name: found[f"{name} {number}"] for name in MEASURES},
        )
        for number, value in enumerate(wanted)
    ]


def _line(source: Source | None, figures: Mapping[str, Figure]) -> SourceLine:
    conversion = share(figures["won"].count, figures["deals"].count)
    return SourceLine(source, figures["deals"], figures["won"], figures["lost"], conversion)


def source_of(call: Call, table: type[Record], key: object) -> Source | None:
    """Return the source of that key in the reader's language."""
    if key is None:
        return None
    choices = call.app.model.of_table(table).line("source").field.options
    label = next((one.label for one in choices if one.key == key), str(key))
    return Source(str(key), said(label, call.locale))
