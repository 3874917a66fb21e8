"""What is declared of tasks: how one is reminded of them, and which ones a stage or a process sets."""

import re
from dataclasses import dataclass
from enum import StrEnum

from cardfile.declarations.keys import KEY, require_key
from cardfile.declarations.spans import Span
from cardfile.errors import DeclarationError
from cardfile.texts import Label, said

__all__ = ["Choose", "ReminderPolicy", "TaskTemplate"]


class Choose(StrEnum):
    """Whom a task goes to when several people have the role that it is for."""

    LEAST_LOADED = "least_loaded"
    FIXED = "fixed"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderPolicy:
    """How a task that is not done reminds of itself: a ladder that ends with somebody's head.

    `before` are spans before the task is due; `at` reminds when it is due; then `every` again and again, at
    most `most` times; after `head_after` from the due moment the head of whoever has the task is told, once.
    Minutes and hours are of working time, and nothing is said outside of it: it waits.
    """

    key: str
    label: Label
    before: tuple[Span, ...] = ()
    at: bool = True
    every: Span | None = None
    most: int = 20
    head_after: Span | None = None

    def __post_init__(self) -> None:
        require_key("reminder policy", self.key)
        if self.every is not None and self.every.amount < 1:
            raise DeclarationError(f"reminder policy {self.key!r}: every={self.every} would never end")
        if not 0 <= self.most <= 100:
            raise DeclarationError(
                f"reminder policy {self.key!r}: most={self.most}: between 0 and 100 repeats"
            )


@dataclass(frozen=True, slots=True)
class TaskTemplate:
    """A task that a stage or a process sets: what to do, by when, and who.

    `due` is counted from the moment it is set: minutes and hours in working time. `assignee` is `owner` (of
    the deal or client), `head` (of the owner) or the key of a role, of whose people one is chosen as `choose`
    says; he then takes part in the deal in that role. `reminders` is the key of a reminder policy. A task that
    `blocks` must be done before the deal leaves the stage. `key` is made of the English title when left out.
    """

    title: Label
    due: Span
    assignee: str = "owner"
    choose: Choose = Choose.LEAST_LOADED
    reminders: str = "normal"
    script: Label = ""
    blocks: bool = False
    kind: str = "task"
    key: str = ""

    def __post_init__(self) -> None:
        made = "_".join(re.findall(r"[a-z0-9]+", said(self.title, "en").lower()))[:60].strip("_")
        if not self.key:
            object.__setattr__(self, "key", made)
        if not KEY.fullmatch(self.key):
            raise DeclarationError(
                f"task template {said(self.title, 'en')!r}: no key can be made of its title; give key='call_back'"
            )
