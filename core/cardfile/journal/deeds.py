"""A deed: a command, what it was given, and what was prepared for it; and what a bulk write did."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cardfile.journal.commands import Command

__all__ = ["Deed", "Written"]


@dataclass(frozen=True, slots=True)
class Deed:
    """One command about to be done with `arguments`; `prepared` is what its preparation returned."""

    command: Command
    arguments: Mapping[str, object]
    expected_version: int | None = None
    prepared: object = None
    is_ready: bool = False

    @property
    def awaits_preparation(self) -> bool:
        """Whether something is to be prepared before the command can be done."""
        return self.command.prepare is not None and not self.is_ready

    def after(self, prepared: object) -> "Deed":
        """Return the deed with what was prepared for it."""
        return replace(self, prepared=prepared, is_ready=True)


@dataclass(frozen=True, slots=True)
class Written:
    """What a bulk write did: the ids of records that are different now, and of those that were so already."""

    changed: frozenset[int]
    unchanged: frozenset[int]
