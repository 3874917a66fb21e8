"""The ladder of a task's reminders: which rung is next, and when. Pure arithmetic, no database."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from cardfile.calendars import WorkCalendar, add, next_working_moment, subtract
from cardfile.declarations import Span
from cardfile.errors import DeclarationError, InvalidInput
from cardfile.tasks.book import PolicySpec
from cardfile.tasks.choices import NoticeKind

__all__ = ["ROUND", "Rung", "Step", "Told", "next_step", "repeats_until"]

ROUND: Final = 1_000
"""By how much the occurrences of one round of a ladder are apart from those of the next."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung: before it is due (of several such the `number`th), when it is due, the n-th repeat, the head."""

    kind: NoticeKind
    number: int = 0

    def __str__(self) -> str:
        return f"{self.kind}.{self.number}"

    @classmethod
    def parse(cls, text: str) -> "Rung":
        """Return the rung written as `overdue.3`."""
        kind, _, number = text.partition(".")
        return cls(NoticeKind(kind), int(number))


@dataclass(frozen=True, slots=True)
class Told:
    """What was told in a round: which rungs before, the due moment, how many repeats, the head."""

    before: frozenset[int] = frozenset()
    due: bool = False
    overdue: int = 0
    escalated: bool = False

    @classmethod
    def parse(cls, text: str) -> "Told":
        """Return what is kept as `before.0,due.0,overdue.3`."""
        told = cls()
        for part in text.split(","):
            if part:
                told = told.and_also(Rung.parse(part))
        return told

    def __str__(self) -> str:
        rungs = [Rung(NoticeKind.BEFORE, number) for number in sorted(self.before)]
        rungs += [Rung(NoticeKind.DUE)] if self.due else []
        rungs += [Rung(NoticeKind.OVERDUE, self.overdue)] if self.overdue else []
        rungs += [Rung(NoticeKind.ESCALATED)] if self.escalated else []
        return ",".join(map(str, rungs))

    @property
    def began(self) -> bool:
        """Whether the due moment was told of, or anything that comes after it."""
        return self.due or self.escalated or self.overdue > 0

    def and_also(self, rung: Rung) -> "Told":
        """Return this with one more rung told; a repeat counts those before it as told."""
        match rung.kind:
            case NoticeKind.BEFORE:
                return replace(self, before=self.before | {rung.number})
            case NoticeKind.DUE:
                return replace(self, due=True)
            case NoticeKind.OVERDUE:
                return replace(self, overdue=max(self.overdue, rung.number))
            case _:
                return replace(self, escalated=True)


@dataclass(frozen=True, slots=True)
class Step:
    """A rung and the moment at which it is to be told."""

    rung: Rung
    at: datetime


ORDER: Final = (NoticeKind.BEFORE, NoticeKind.DUE, NoticeKind.OVERDUE, NoticeKind.ESCALATED)


def next_step(
    policy: PolicySpec,
    due: datetime,
    *,
    since: datetime,
    told: Told,
    works: WorkCalendar,
    head_works: WorkCalendar | None,
) -> Step | None:
    """Return the next rung to tell, None when the ladder is at its end.

    `since` is when the ladder was begun: rungs before the due moment that lay earlier are left out, and what
    comes after it is counted from then when the task was late already. `works` is the calendar of whoever has
    the task, `head_works` that of his head. Nobody is told anything outside of his hours: it waits.
    """
    steps = _steps(policy, due, since, told, works, head_works)
    return min(steps, key=lambda step: (step.at, ORDER.index(step.rung.kind)), default=None)


def repeats_until(
    policy: PolicySpec,
    due: datetime,
    now: datetime,
    *,
    since: datetime,
    first: int,
    works: WorkCalendar,
) -> int:
    """Return the number of the latest repeat that is due by `now`, `first` at least."""
    number = first
    while number < policy.most:
        at = _repeat(policy, max(due, since), number + 1, works)
        if at is None or at > now:
            break
        number += 1
    return number


def _steps(
    policy: PolicySpec,
    due: datetime,
    since: datetime,
    told: Told,
    works: WorkCalendar,
    head_works: WorkCalendar | None,
) -> list[Step]:
    found = []
    for number, span in enumerate(policy.before):
        at = subtract(works, due, span) if number not in told.before else since
        if at > since:
            found.append(Step(Rung(NoticeKind.BEFORE, number), next_working_moment(works, at)))
    base = max(due, since)
    if policy.at and not told.due:
        found.append(Step(Rung(NoticeKind.DUE), next_working_moment(works, base)))
    if told.overdue < policy.most:
        repeat = _repeat(policy, base, told.overdue + 1, works)
        if repeat is not None:
            found.append(Step(Rung(NoticeKind.OVERDUE, told.overdue + 1), repeat))
    if policy.head_after is not None and not told.escalated:
        at = add(works, base, policy.head_after)
        found.append(Step(Rung(NoticeKind.ESCALATED), next_working_moment(head_works or works, at)))
    return found


def _repeat(policy: PolicySpec, base: datetime, number: int, works: WorkCalendar) -> datetime | None:
    if policy.every is None:
        return None
    try:
        return next_working_moment(works, add(works, base, _times(policy.every, number)))
    except (DeclarationError, InvalidInput):
        return None  # It lies years ahead: nobody waits for that.


@lru_cache(maxsize=1_024)
def _times(span: Span, number: int) -> Span:
    return Span(span.amount * number, span.unit)
