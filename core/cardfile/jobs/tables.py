"""The table of jobs: what is to be done, by when, and what became of it."""

from enum import StrEnum

from piccolo.columns import JSONB, Integer, Text, Timestamptz, Varchar

from cardfile.database import IndexSpec, Stored

__all__ = ["Job", "State"]


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(Stored, tablename="job"):
    """Something to be done at `run_at`: the truth about it, whatever a queue forgets.

    `handed_until` is until when the job counts as lying in a queue; `lease_until` until when somebody works
    on it. A running job whose lease is over is taken up again. Two jobs never have the same `key`.
    """

    keys = (IndexSpec(columns=("state", "run_at")), IndexSpec(columns=("key",), unique=True))

    kind = Varchar(length=100)
    payload = JSONB(default="{}")
    key = Varchar(length=200, null=True, default=None)
    created_at = Timestamptz(default=None)
    run_at = Timestamptz(default=None)
    state = Varchar(length=10, default=State.WAITING.value)
    attempts = Integer(default=0)
    handed_until = Timestamptz(default=None, null=True)
    lease_until = Timestamptz(default=None, null=True)
    done_at = Timestamptz(default=None, null=True)
    last_error = Text(null=True, default=None)
