"""Records that an import is about to make or to change."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardfile.errors import Refused
from cardfile.journal.signatures import Values

__all__ = ["Existing", "Pending"]


@dataclass(slots=True, eq=False)
class Pending:
    """A record to be made; `record` is its id once it is there, `refused` why it could not be made.

    Its values may hold other pending records in place of their ids. Only one that is `wanted` by a row is made.
    """

    values: Values
    first_row: int
    tags: dict[str, list[str]] = field(default_factory=dict)
    record: int | None = None
    refused: Refused | None = None
    wanted: bool = False


@dataclass(slots=True, eq=False)
class Existing:
    """A record to be changed, and how; `refused` is why it could not be."""

    record: int
    values: Mapping[str, object]
    changes: dict[str, object] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    tagged: bool = False
    refused: Refused | None = None
    wanted: bool = False
