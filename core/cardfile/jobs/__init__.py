"""Jobs: rows that are done at least once, by the server's own worker or by others."""

from cardfile.jobs.jobs import Jobs
from cardfile.jobs.tables import Job, State
from cardfile.jobs.worker import working
from cardfile.plugins.job_kinds import JobKind, JobRun

__all__ = ["Job", "JobKind", "JobRun", "Jobs", "State", "working"]
