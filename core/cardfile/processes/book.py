"""All processes as commands know them: frozen, in memory, fresh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import orjson

from cardfile.access.access import Access
from cardfile.access.memory import all_rows
from cardfile.database.database import Database
from cardfile.declarations import Choose, Span
from cardfile.errors import NotFound
from cardfile.processes.tables import Process, ProcessStep

__all__ = ["ProcessBook", "ProcessSpec", "StepSpec", "predecessors", "process_book"]

AT_ONCE: Final = "-"
"""What `after` holds for a step that waits for no other."""


@dataclass(frozen=True, slots=True)
class StepSpec:
    """A step; `after` holds the keys of the steps that it waits for, None for the one before it."""

    id: int
    key: str
    label: str
    kind: str
    after: tuple[str, ...] | None
    condition: Mapping[str, Any]
    assignee: str
    choose: Choose
    due: Span | None
    reminders: str
    text: str | None
    document: str | None
    until: Mapping[str, Any]
    position: int
    is_archived: bool

    @property
    def person(self) -> int | None:
        """Nobody in particular: a step names a role."""
        return None


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A process with its live steps in their order."""

    id: int
    key: str
    label: str
    subject: str
    is_archived: bool
    begins: Mapping[str, Any] | None
    steps: tuple[StepSpec, ...]


@dataclass(frozen=True, slots=True)
class ProcessBook:
    """All processes, and all steps by id, archived ones too: a run goes on with the steps that it began with."""

    processes: Mapping[int, ProcessSpec]
    steps: Mapping[int, StepSpec] = field(repr=False, default_factory=dict)

    def begun_by(self, subject: str) -> tuple[ProcessSpec, ...]:
        """Return the live processes that new clients, or new deals, begin by themselves."""
        return tuple(
            one
            for one in self.processes.values()
            if one.subject == subject and one.begins is not None and not one.is_archived and one.steps
        )

    def process_by_key(self, key: str) -> ProcessSpec:
        """Return the live process of that key; raises `NotFound`."""
        for one in self.processes.values():
            if one.key == key and not one.is_archived:
                return one
        raise NotFound("There is no process {key}.", key=key)


def predecessors(steps: Sequence[StepSpec]) -> dict[str, tuple[str, ...]]:
    """Return for every step the keys of the steps, of these, that must be over before it begins."""
    known = {one.key for one in steps}
    found: dict[str, tuple[str, ...]] = {}
    before: tuple[str, ...] = ()
    for one in steps:
        after = before if one.after is None else one.after
        found[one.key] = tuple(key for key in after if key in known and key != one.key)
        before = (one.key,)
    return found


async def process_book(access: Access) -> ProcessBook:
    """Return all processes as they are now; read anew only after somebody has changed them."""
    return await access.memory.recall(_load)


async def _load(database: Database) -> ProcessBook:
    steps: dict[int, StepSpec] = {}
    of_process: dict[int, list[StepSpec]] = {}
    for row in await all_rows(database, ProcessStep, "position"):
        one = steps[row["id"]] = _step(row)
        if not one.is_archived:
            of_process.setdefault(row["process"], []).append(one)
    processes = {
        row["id"]: ProcessSpec(
            row["id"],
            row["key"],
            row["label"],
            row["subject"],
            row["archived_at"] is not None,
            orjson.loads(row["begins"]) if row["begins"] else None,
            tuple(of_process.get(row["id"], ())),
        )
        for row in await all_rows(database, Process, "position")
    }
    return ProcessBook(MappingProxyType(processes), MappingProxyType(steps))


def _step(row: Mapping[str, Any]) -> StepSpec:
    after = row["after"]
    return StepSpec(
        id=row["id"],
        key=row["key"],
        label=row["label"],
        kind=row["kind"],
        after=None if not after else keys_of(after),
        condition=orjson.loads(row["condition"] or "{}"),
        assignee=row["assignee"],
        choose=Choose(row["choose"]),
        due=Span.parse(row["due"]) if row["due"] else None,
        reminders=row["reminders"],
        text=row["text"],
        document=row["document"],
        until=orjson.loads(row["until"] or "{}"),
        position=row["position"],
        is_archived=row["archived_at"] is not None,
    )


def keys_of(after: str) -> tuple[str, ...]:
    """Return the keys that are written with commas between them; a dash alone means none."""
    return tuple(key for one in after.split(",") if (key := one.strip()) and key != AT_ONCE)
