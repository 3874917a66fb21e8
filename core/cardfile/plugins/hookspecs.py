"""The hooks: what a plugin may put in at the points where the core asks.

Every hook has one colour. *declare* hooks are plain functions, called once while the app is built, no I/O.
*before* hooks are async, run inside the transaction, may change the values they are given or raise `Refused`.
*after* hooks are async, run after the commit, at least once for every event, each isolated from the others.
*first* hooks are async questions: plugins are asked in order and the first answer that is not None is taken.

A plugin takes part by a method of the same name marked `@hookimpl`, with any of the parameters named here.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pluggy

from cardfile.database.tables import Record
from cardfile.model.fields import CardField
from cardfile.settings import Settings

if TYPE_CHECKING:  # the app and its rooms stand above the plugins and hand themselves to them
    from cardfile.app import App
    from cardfile.deals.moves import Missing, Move
    from cardfile.deals.next_steps import StepTask
    from cardfile.deals.tables import Deal
    from cardfile.journal.calls import Call
    from cardfile.journal.events import Event
    from cardfile.pipelines.book import StageSpec

__all__ = [
    "PROJECT",
    "SPECS",
    "Befores",
    "Colour",
    "Spec",
    "colour_of",
    "command_doing",
    "command_done",
    "deal_moving",
    "deals_entering",
    "deals_missing",
    "deals_moving",
    "deals_telling",
    "deals_waking",
    "document_making",
    "hookimpl",
    "record_archived",
    "record_archiving",
    "record_changed",
    "record_changing",
    "record_created",
    "record_creating",
    "records_changing",
    "records_creating",
    "records_keeping",
    "records_reverting",
    "register_card_fields",
    "which_schema",
]

PROJECT: Final = "cardfile"
Spec = Callable[..., Any]
F = TypeVar("F", bound=Spec)
Befores = Callable[[], Awaitable[Mapping[int, Mapping[str, object]]]]
"""Reads all values of the records that are about to be changed, once; who does not ask does not wait."""

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a method of a plugin as the implementation of the hook of the same name."""

_marker = pluggy.HookspecMarker(PROJECT)


class Colour(StrEnum):
    """When and how a hook is called."""

    DECLARE = "declare"
    BEFORE = "before"
    AFTER = "after"
    FIRST = "first"


def _coloured(colour: Colour) -> Callable[[F], F]:
    def mark(function: F) -> F:
        setattr(function, _COLOUR, colour)
        return _marker(function)

    return mark


_COLOUR: Final = "cardfile_colour"


def colour_of(spec: Spec) -> Colour:
    """Return the colour of a hook."""
    found: Colour = getattr(spec, _COLOUR)
    return found


@_coloured(Colour.DECLARE)
def register_card_fields(settings: Settings) -> Iterable[CardField]:
    """Return card fields that depend on the settings, beside those the plugin lists."""
    raise NotImplementedError


@_coloured(Colour.BEFORE)
async def command_doing(call: "Call", command: str, arguments: Mapping[str, object]) -> None:
    """A command is about to be done: permitted, its arguments checked, nothing written yet."""


@_coloured(Colour.BEFORE)
async def record_creating(call: "Call", entity: str, values: MutableMapping[str, object]) -> None:
    """A record is about to be made of `values`, by path, checked and parsed."""


@_coloured(Colour.BEFORE)
async def record_changing(
    call: "Call", entity: str, record: Record, changes: MutableMapping[str, object]
) -> None:
    """A record is about to get `changes`, by path, checked and parsed."""


@_coloured(Colour.BEFORE)
async def record_archiving(call: "Call", entity: str, record: Record) -> None:
    """A record is about to be laid aside."""


@_coloured(Colour.BEFORE)
async def records_creating(call: "Call", entity: str, rows: Sequence[MutableMapping[str, object]]) -> None:
    """Many records are about to be made; without this hook a plugin is asked `record_creating` for each."""


@_coloured(Colour.BEFORE)
async def records_changing(
    call: "Call", entity: str, befores: Befores, changes: Mapping[int, MutableMapping[str, object]]
) -> None:
    """Many records are about to be changed, by id; `await befores()` reads their values so far, by id and path."""


@_coloured(Colour.BEFORE)
async def records_keeping(
    call: "Call",
    entity: str,
    created: Mapping[int, Mapping[str, object]],
    changed: Mapping[int, Mapping[str, object]],
) -> None:
    """Rows were written and are not kept yet: new records by id with their values, `changed` ones with what differs."""


@_coloured(Colour.BEFORE)
async def records_reverting(call: "Call", entity: str, changed: Mapping[int, Mapping[str, object]]) -> None:
    """Records were taken back to earlier values, by id and path, with the batch that had changed them."""


@_coloured(Colour.BEFORE)
async def deals_missing(
    call: "Call", moves: "Sequence[Move]", missing: "Mapping[int, list[Missing]]"
) -> None:
    """Deals may be about to move: add to `missing[deal]` what they still lack; nothing may be written."""


@_coloured(Colour.BEFORE)
async def deal_moving(call: "Call", deal: "Deal", to: "StageSpec") -> None:
    """A deal that lacks nothing is about to enter a stage."""


@_coloured(Colour.BEFORE)
async def deals_moving(call: "Call", moves: "Sequence[Move]") -> None:
    """Deals that lack nothing are about to enter stages; for plugins that look at many at once."""


@_coloured(Colour.BEFORE)
async def deals_entering(call: "Call", moves: "Sequence[Move]") -> None:
    """Deals stand in their new stages, in the same transaction: whatever the stages set going is made here."""


@_coloured(Colour.BEFORE)
async def document_making(call: "Call", deal: "Deal", kind: str, template: str | None) -> None:
    """The stage that a deal has entered asks for a document of this kind; who makes such documents makes it."""


@_coloured(Colour.BEFORE)
async def deals_telling(call: "Call", tasks: "Mapping[int, list[StepTask]]") -> None:
    """The next steps of deals are asked for: add to `tasks[deal]` what is still to be done; nothing may be written."""


@_coloured(Colour.BEFORE)
async def deals_waking(call: "Call", deals: "Sequence[Deal]") -> None:
    """Deals that were postponed are to be taken up again."""


@_coloured(Colour.AFTER)
async def record_created(app: "App", event: "Event") -> None:
    """A record was made."""


@_coloured(Colour.AFTER)
async def record_changed(app: "App", event: "Event") -> None:
    """Fields of a record were changed."""


@_coloured(Colour.AFTER)
async def record_archived(app: "App", event: "Event") -> None:
    """A record was laid aside."""


@_coloured(Colour.AFTER)
async def command_done(app: "App", event: "Event") -> None:
    """Something was done and is in the journal: every event, whatever its name."""


@_coloured(Colour.FIRST)
async def which_schema(app: "App") -> str | None:
    """Return the app's schema as text, if this plugin offers one."""
    return None


SPECS: Final[Mapping[str, Spec]] = {
    spec.__name__: spec
    for spec in (
        register_card_fields,
        command_doing,
        record_creating,
        record_changing,
        record_archiving,
        records_creating,
        records_changing,
        records_keeping,
        records_reverting,
        deals_missing,
        deal_moving,
        deals_moving,
        deals_entering,
        document_making,
        deals_telling,
        deals_waking,
        record_created,
        record_changed,
        record_archived,
        command_done,
        which_schema,
    )
}
"""All hooks by name."""
