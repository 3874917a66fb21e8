"""What the commands of the trade do with a deal: reach its goals, date its tasks, say who takes part."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from cardfile.access.guards import access_of
from cardfile.clients import Client
from cardfile.clients.tables import ContactPoint
from cardfile.deals import Deal, DealParticipant, let_take_part, reach_goal
from cardfile.deals.moving import id_of
from cardfile.errors import Refused
from cardfile.journal import Call
from cardfile.pipelines import pipeline_book
from cardfile.pipelines.tables import Goal
from cardfile.rights import EVERYTHING
from cardfile.tasks import Task, TaskState, complete_task
from cardfile.texts import Label, said

__all__ = [
    "contact_of",
    "date_task",
    "deal_of",
    "finish_task",
    "let_only_take_part",
    "open_task",
    "reach_if_open",
]

MOST_PARTICIPANTS: Final = 1_000


async def deal_of(call: Call, deal: object) -> Deal:
    """Return the deal that something hangs on, locked: whoever does his part moves it, see it or not."""
    return await call.get(Deal, id_of(deal), rights=EVERYTHING, lock=True)


async def reach_if_open(call: Call, deal: Deal, key: str) -> None:
    """Reach the goal `key` if the deal's stage has one; raises `MissingForStage` when the deal cannot go on."""
    stage = (await pipeline_book(access_of(call))).stage(id_of(deal.stage))
    goal = stage.goal(key)
    if goal is not None:
        await reach_goal(call, deal, await call.get(Goal, goal.id, rights=EVERYTHING))


async def open_task(call: Call, deal: Deal, kind: str) -> Task | None:
    """Return the open task of a kind that was set first for a deal."""
    wanted = {
        "deal": {"id": {"eq": deal.id}},
        "kind": {"eq": kind},
        "state": {"eq": TaskState.OPEN.value},
    }
    found = await call.find(Task, filter=wanted, order=("id",), limit=1, rights=EVERYTHING)
    return found[0] if found else None


async def date_task(
    call: Call, deal: Deal, *, kind: str, title: Label, assignee: int | None, due_at: datetime
) -> None:
    """Give the open task of a kind to somebody, due at a moment; set one where the stage has set none."""
    task = await open_task(call, deal, kind)
    if task is not None:
        await call.write(task, assignee=assignee, due_at=due_at)
        return
    await call.create(
        Task,
        {
            "title": said(title, call.settings.locale),
            "kind": kind,
            "deal": deal.id,
            "assignee": assignee,
            "due_at": due_at,
        },
    )


async def finish_task(call: Call, deal: Deal, kind: str, result: str | None) -> None:
    """Say that the open task of a kind is done, if there is one."""
    task = await open_task(call, deal, kind)
    if task is not None:
        await complete_task(call, task, result)


async def let_only_take_part(call: Call, deal: Deal, role: str, people: Collection[int]) -> None:
    """Let just these people take part in a deal in a role."""
    wanted = {"deal": {"id": {"eq": deal.id}}, "role": {"eq": role}}
    there = await call.find(DealParticipant, filter=wanted, limit=MOST_PARTICIPANTS, rights=EVERYTHING)
    for one in there:
        if one.user not in people:
            await call.archive(one)
    await let_take_part(call, [(deal.id, user, role) for user in people])


async def contact_of(call: Call, deal: Deal) -> dict[str, object]:
    """Return whom to ask for at the object: the contact person of a deal, or its client, with the main phone.

    It is read with the rights of whoever plans, and copied for those who do not see the client.
    """
    for person in (deal.contact, deal.client):
        found = await call.load(Client, [person]) if isinstance(person, int) else []
        if not found:
            continue
        wanted = {"client": {"id": {"eq": found[0].id}}, "kind": {"eq": "phone"}}
        phones = await call.find(ContactPoint, filter=wanted, order=("-is_primary", "id"), limit=1)
        if phones or person is deal.client:
            return {"contact_name": found[0].name, "contact_phone": phones[0].value if phones else None}
    return {}


def require_open(deal: Deal) -> None:
    """Refuse what makes no sense for a deal that is closed."""
    if deal.closed_at is not None:
        raise Refused("This deal is closed: reopen it first.")
