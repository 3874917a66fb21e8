"""What a plan is made of: statements, and the places in their answers that later statements or Python fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cardfile.model.record_types import Line, RecordType
from cardfile.query.binds import Bind
from cardfile.query.given import Given, Guard

__all__ = ["EACH", "BatchFill", "Fill", "Path", "Piece", "Place", "Plan"]

EACH = "*"
"""A step of a path that stands for every item of a list."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an answer an object stands: its path in the piece, its level, and how often it may occur."""

    path: Path = ()
    level: int = 0
    times: int = 1

    def at(self, *steps: str) -> "Place":
        """Return a place inside the same object."""
        return Place((*self.path, *steps), self.level, self.times)

    def inside(self, *steps: str, times: int = 1) -> "Place":
        """Return the place of an object one level down that occurs `times` as often."""
        return Place((*self.path, *steps), self.level + 1, self.times * times)


@dataclass(frozen=True, slots=True)
class Fill:
    """A place that holds the key of records which a lower piece reads."""

    path: Path
    piece: "Piece"


@dataclass(frozen=True, slots=True)
class BatchFill:
    """A place that holds the values which a Python field needs, as a list."""

    path: Path
    name: str
    type: RecordType
    needs: tuple[Line, ...]
    arguments: Mapping[str, Given]


@dataclass(slots=True)
class Piece:
    """One statement. The first piece gives one JSON text; a lower one gives (key, JSON text) for each key."""

    sql: str = ""
    binds: Sequence[Bind] = ()
    fills: list[Fill] = field(default_factory=list)
    batches: list[BatchFill] = field(default_factory=list)
    empty: str = "null"

    @property
    def is_whole(self) -> bool:
        """Whether the statement's text is the answer as it stands."""
        return not self.fills and not self.batches

    def count(self) -> int:
        """Return how many statements this piece and those below it take."""
        return 1 + sum(fill.piece.count() for fill in self.fills)


@dataclass(slots=True)
class Plan:
    """A compiled selection: the root statement, the looks it rests on, and what it costs.

    `cost` is the number of values that a full answer has.
    """

    root: Piece
    guards: Sequence[Guard]
    cost: int

    @property
    def is_one_statement(self) -> bool:
        """Whether the database reads everything at once; fields made in Python may still be filled in."""
        return not self.root.fills
