"""The tables of jobs: what is to be done, by when, by whom, and what became of it."""

from enum import StrEnum

from piccolo.columns import JSONB, BigInt, Integer, Text, Timestamptz, Varchar

from cardfile.database import IndexSpec, Stored

__all__ = ["Job", "State", "WorkerRow"]


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Job(Stored, tablename="job"):
    """Something to be done at `run_at`: the truth about it, whatever a queue forgets.

    `handed_until` is until when the job counts as lying in a queue. Who does it stands in `worker`; what is done
    without a worker is somebody's until `lease_until`. `leases` counts how often it was taken up, `attempts` how
    often since it last came forward. Two jobs never have the same `key`.
    """

    keys = (
        IndexSpec(columns=("state", "run_at")),
        IndexSpec(columns=("key",), unique=True),
        IndexSpec(columns=("kind", "id")),
    )

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
    worker = BigInt(null=True, default=None)
    leases = Integer(default=0)


class WorkerRow(Stored, tablename="job_worker"):
    """A process that does jobs: it counts its `beats` for as long as it lives.

    Others tell by the count that it lives, and by no clock: clocks are moved, and differ between machines.
    `trouble` says why it cannot use its queue, None when it can.
    """

    name = Varchar(length=200)
    threads = Integer(default=1)
    beats = Integer(default=0)
    started_at = Timestamptz(default=None)
    seen_at = Timestamptz(default=None)
    trouble = Text(null=True, default=None)
