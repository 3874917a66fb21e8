"""Who gets a task that is meant for a role: whoever has least to do, always the same one, or chosen by hand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from piccolo.query.functions import Count

from cardfile.calendars import CalendarBook
from cardfile.deals import DealParticipant
from cardfile.deals.participants import let_take_part
from cardfile.deals.rows import of_deals, rows_of
from cardfile.declarations import Choose
from cardfile.journal.calls import Call
from cardfile.rights import EVERYTHING
from cardfile.tasks.choices import TaskState
from cardfile.tasks.tables import Task

__all__ = ["Chooser", "Chosen", "Matter", "Wish", "hand_on_parts"]

OWNER: Final = "owner"
HEAD: Final = "head"


class Matter(Protocol):
    """What a task is about: a deal if there is one, and whose it is."""

    @property
    def deal(self) -> int | None:
        """The deal."""
        ...

    @property
    def owner(self) -> int | None:
        """Whose the deal or client is."""
        ...


class Wish(Protocol):
    """Whom a task is meant for: the template of a stage, the step of a process."""

    @property
    def assignee(self) -> str:
        """The owner, his head, or the people of a role."""
        ...

    @property
    def choose(self) -> Choose:
        """How one of them is chosen."""
        ...

    @property
    def person(self) -> int | None:
        """Who it always is, where that is how."""
        ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who gets a task; `role` is for whose people it is, and `by_hand` tells that somebody has to choose one yet."""

    user: int | None
    role: str | None = None
    by_hand: bool = False


@dataclass(slots=True)
class Chooser:
    """Chooses people for many tasks at once, counting those that it gives out itself."""

    call: Call
    people: CalendarBook
    taking_part: dict[tuple[int | None, str], int]
    load: dict[int, int]
    _new: list[tuple[int, int, str]] = field(default_factory=list)

    @classmethod
    async def of(cls, call: Call, people: CalendarBook, wanted: Sequence[tuple[Matter, Wish]]) -> "Chooser":
        """Return a chooser for these tasks."""
        roles = {one.assignee for _, one in wanted} - {OWNER, HEAD}
        if not roles:
            return cls(call, people, {}, {})
        deals = sorted({matter.deal for matter, _ in wanted if matter.deal is not None})
        rows = await cls.participants(call, deals) if deals else []
        taking_part: dict[tuple[int | None, str], int] = {
            (row["deal"], row["role"]): row["user"] for row in reversed(rows)
        }
        candidates = {user for role in roles for user in people.with_role(role)}
        return cls(call, people, taking_part, await _loads(call, sorted(candidates)))

    @staticmethod
    async def participants(call: Call, deals: Collection[int]) -> list[dict[str, Any]]:
        """Return who takes part in deals, in the order of joining."""
        rows = await rows_of(call, DealParticipant, where=of_deals(deals), paths=("deal", "user", "role"))
        return sorted(rows, key=lambda row: int(row["id"]))

    def choose(self, matter: Matter, wish: Wish) -> Chosen:
        """Return who gets a task that is meant for somebody.

        Of a role it is whoever takes part in the deal in that role already. Nobody chosen yet, or nobody there to
        choose, makes it the owner's, who gives it to somebody.
        """
        owner = matter.owner
        if wish.assignee == OWNER:
            return Chosen(owner)
        if wish.assignee == HEAD:
            head = self.people.head_of(owner, now=self.call.now) if owner is not None else None
            return Chosen(head if head is not None else owner)
        role = wish.assignee
        there = self.taking_part.get((matter.deal, role))
        user = there if there is not None and self.people.is_active(there) else self._pick(wish, role)
        if user is None:
            return Chosen(owner, role, by_hand=True)
        if user != there and matter.deal is not None:
            self._new.append((matter.deal, user, role))
            self.taking_part[matter.deal, role] = user
        self.load[user] = self.load.get(user, 0) + 1
        return Chosen(user, role)

    async def let_take_part(self, call: Call) -> None:
        """Let everybody who was chosen take part in his deal."""
        if self._new:
            await let_take_part(call, self._new)

    def _pick(self, wish: Wish, role: str) -> int | None:
        candidates = self.people.with_role(role)
        if wish.choose is Choose.BY_HAND or not candidates:
            return None
        if wish.choose is Choose.FIXED:
            person = wish.person
            return person if person is not None and self.people.is_active(person) else candidates[0]
        return min(candidates, key=lambda user: (self.load.get(user, 0), user))


async def hand_on_parts(call: Call, handed: Sequence[tuple[Mapping[str, Any], object]]) -> None:
    """Let whoever gets a task of a role take part in its deal, instead of whoever had it."""
    new = [
        (row["deal"], to, row["role"])
        for row, to in handed
        if row["role"] and row["deal"] is not None and isinstance(to, int)
    ]
    if not new:
        return
    old = {(row["deal"], row["assignee"], row["role"]) for row, _ in handed if row["role"]} - set(new)
    deals = sorted({deal for deal, _, _ in new})
    moved = {row["id"] for row, _ in handed}
    rows = await rows_of(call, Task, where=of_deals(deals), paths=("deal", "assignee", "role"))
    # Whoever has another task there, or has done one, goes on seeing the deal.
    busy = {(row["deal"], row["assignee"], row["role"]) for row in rows if row["id"] not in moved}
    for row in await Chooser.participants(call, deals):
        if (row["deal"], row["user"], row["role"]) in old - busy:
            await call.archive(await call.get(DealParticipant, row["id"], rights=EVERYTHING))
    await let_take_part(call, new)


async def _loads(call: Call, users: Sequence[int]) -> dict[int, int]:
    """Return how many open tasks people have."""
    if not users:
        return {}
    rows = await call.run(
        Task.select(Task.assignee, Count())
        .where(
            Task.assignee.is_in(list(users))
            & (Task.state == TaskState.OPEN.value)
            & Task.archived_at.is_null()
        )
        .group_by(Task.assignee)
    )
    return {row["assignee"]: row["count"] for row in rows}
