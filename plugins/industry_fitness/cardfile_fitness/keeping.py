"""What the club's calendar changes by itself."""

from cardfile.plugins import JobRun
from cardfile.rights import Actor

__all__ = ["keep_memberships"]


async def keep_memberships(run: JobRun) -> None:
    """Bring memberships up to date; the job's transaction holds it, so it happens once."""
    async with run.app.unit_of_work(Actor.system("fitness: memberships"), via="job") as work:
        await work.do("fitness.membership.keep_up")
