"""How a command comes to the jobs of its app."""

from cardfile.jobs.jobs import Jobs
from cardfile.journal.calls import Call

__all__ = ["jobs_of"]


def jobs_of(call: Call) -> Jobs:
    """Return the jobs of the app in which a command runs; raises `TypeError` when it has none."""
    jobs = getattr(call.app, "jobs", None)
    if not isinstance(jobs, Jobs):
        raise TypeError("the app of this command has no jobs: it was not built by App.build")
    return jobs
