"""Jobs: rows that are done at least once, by the server's own worker or by others."""

from cardfile.jobs.after import JOBS, plan_delivery
from cardfile.jobs.asking import jobs_of
from cardfile.jobs.jobs import Jobs
from cardfile.jobs.migrations import MIGRATIONS
from cardfile.jobs.portions import portions
from cardfile.jobs.queue import require_queue
from cardfile.jobs.tables import Job, State, WorkerRow
from cardfile.jobs.worker import working
from cardfile.plugins.job_kinds import JobKind, JobRun

__all__ = [
    "JOBS",
    "MIGRATIONS",
    "Job",
    "JobKind",
    "JobRun",
    "Jobs",
    "State",
    "WorkerRow",
    "jobs_of",
    "plan_delivery",
    "portions",
    "require_queue",
    "working",
]
