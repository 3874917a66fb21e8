"""Postponed deals: they sleep until a moment, and somebody hears of them then."""

from datetime import datetime
from typing import Final

from cardfile.deals.moving import book_of, id_of
from cardfile.deals.stays import marks
from cardfile.deals.tables import Deal
from cardfile.errors import Refused
from cardfile.jobs import jobs_of
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.plugins.job_kinds import JobKind, JobRun
from cardfile.query import fetch_records
from cardfile.rights import EVERYTHING, Actor

__all__ = ["JOBS", "wake_deal", "wake_later"]

KIND: Final = "deals.wake"


async def wake_later(call: Call, deal: Deal, until: datetime) -> None:
    """Let a deal be woken at a moment, unless it moves or is postponed again until then."""
    payload = {"deal": deal.id, "until": until.isoformat()}
    await jobs_of(call).enqueue(KIND, payload, key=f"{KIND}:{deal.id}:{until.isoformat()}", run_at=until)


@command(
    "deal.wake",
    label={"en": "Take up again", "ru": "Вернуться к сделке"},
    event="deal.woken",
    done={"en": "taken up again", "ru": "возврат к отложенной"},
)
async def wake_deal(call: Call, deal: Deal) -> Deal:
    """Take up a postponed deal again, now."""
    if deal.wake_at is None:
        raise Refused("{title} is not postponed.", title=call.told(deal, "title"))
    stage = (await book_of(call)).stage(id_of(deal.stage))
    await call.write(deal, {"wake_at": None, **marks(stage, call.now)})
    await call.hooks.each("deals_waking", call=call, deals=[deal])
    return deal


async def _wake(run: JobRun) -> None:
    """Wake the deal of a job, if it still sleeps until the moment for which the job was put in."""
    app, deal = run.app, int(run.payload["deal"])
    rows = await fetch_records(
        app.database,
        app.model,
        app.model.of_table(Deal),
        EVERYTHING,
        now=run.now,
        filter={"id": {"eq": deal}},
        paths=("wake_at",),
        # Somebody may be moving the deal, or putting it off again, at this very moment.
        lock=True,
    )
    if not any(row["wake_at"] == datetime.fromisoformat(str(run.payload["until"])) for row in rows):
        return
    async with app.unit_of_work(Actor.system("wake"), via="job") as work:
        await work.do("deal.wake", deal=deal)


JOBS: Final = (JobKind(KIND, _wake),)
"""The jobs of this room."""
