"""What becomes of a row: the records that it makes or changes, part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from cardfile.errors import Refused
from cardfile.imports.parts import MAIN, Part
from cardfile.imports.pending import Existing, Pending
from cardfile.imports.read_rows import ReadRow
from cardfile.imports.tables import Outcome

__all__ = ["Decision", "parts_from_text", "parts_to_text"]

_WRITTEN: Final = (Outcome.CREATED, Outcome.UPDATED)


@dataclass(slots=True)
class Decision:
    """What becomes of one part of a row, and the record that it is about; of the main part, of the whole row.

    `own` is what becomes of the part by itself; `found` is its record where nothing is to be done. `among` are the
    records of which one has to be chosen. `parts` are the other parts of the row, in the
    order of their references.
    """

    row: ReadRow
    own: Outcome
    about: Pending | Existing | None = None
    found: int | None = None
    part: Part | None = None
    among: tuple[int | Pending, ...] = ()
    parts: list["Decision"] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """What becomes of the whole row: something is written when it is for one of its parts."""
        if (
            self.parts
            and not self.is_stopped
            and self.own not in _WRITTEN
            and any(one.own in _WRITTEN for one in self.parts)
        ):
            return Outcome.UPDATED
        return self.own

    @property
    def is_stopped(self) -> bool:
        """Whether nothing comes of the part, now at least."""
        return self.own in (Outcome.REFUSED, Outcome.REVIEW)

    @property
    def record(self) -> int | None:
        """The id of the record that the part is about, as far as it may be told."""
        return self.found if self.about is None else self.about.record

    @property
    def client(self) -> int | None:
        """The id of the client that the row is about, be he the record of the row or a part of it."""
        for one in self.all_parts():
            if one.part and one.part.record_type.key == "client" and (record := one.record) is not None:
                return record
        return None

    @property
    def candidates(self) -> tuple[int, ...]:
        """The records of which one has to be chosen, those that this import has just made among them."""
        ids = (one if isinstance(one, int) else one.record for one in self.among)
        return tuple(sorted({one for one in ids if one is not None}))

    @property
    def values(self) -> Mapping[str, object]:
        """The values of all parts of the row by the paths of their places, tags included."""
        found: dict[str, object] = {}
        for one in self.all_parts():
            name = one.part.name if one.part is not None else MAIN
            head = f"{name}:" if name != MAIN else ""
            found |= {
                f"{head}{path}": value for path, value in (*one.row.values.items(), *one.row.tags.items())
            }
        return found

    def all_parts(self) -> Sequence["Decision"]:
        """Return the main part and then the others."""
        return (self, *self.parts)

    def refuse(self, error: Refused) -> None:
        """Let nothing come of this part, and tell why."""
        self.own = Outcome.REFUSED
        self.row.note(error)


def parts_to_text(decision: Decision) -> str | None:
    """Return what became of the other parts of a row as its import keeps it: entity, outcome, record, candidates."""
    if not decision.parts and not decision.among:
        return None
    told = [
        {
            "part": one.part.name,
            "entity": one.part.record_type.key,
            "outcome": one.own.value,
            "record": one.record,
            **({"candidates": candidates} if (candidates := one.candidates) else {}),
        }
        for one in decision.all_parts()
        if one.part is not None and (one is not decision or one.among)
    ]
    return orjson.dumps(told).decode() if told else None


def parts_from_text(text: object) -> Sequence[Mapping[str, Any]]:
    """Return what an import's row keeps of the parts."""
    found: Sequence[Mapping[str, Any]] = orjson.loads(str(text)) if text else ()
    return found
