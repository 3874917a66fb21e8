"""Named points at which a process can be told to die, so that tests see what is left when it does.

`CARDFILE_FAILPOINT=jobs.after_lease` kills the process, as kill -9 would, when it first passes that point;
`jobs.after_lease:3` when it passes it for the third time. Without the variable nothing happens.
"""

import os
import signal
from functools import cache
from typing import Final, Literal, get_args

from cardfile.errors import SettingsError

__all__ = ["FAILPOINTS", "VARIABLE", "Failpoint", "failpoint"]

VARIABLE: Final = "CARDFILE_FAILPOINT"

Failpoint = Literal[
    # One command: its rows are written, its events are written.
    "journal.rows_written",
    "journal.events_written",
    "journal.bulk_portion_written",
    # One unit of work: the delivery of its events is planned; all is kept.
    "unit.delivery_planned",
    "unit.before_commit",
    "unit.after_commit",
    # A job on its way from the table through the queue to its end.
    "jobs.enqueued",
    "jobs.schedule_planned",
    "jobs.after_take_due",
    "jobs.after_queue_put",
    "jobs.dequeued",
    "jobs.after_lease",
    "jobs.before_done",
    "jobs.after_done",
    "jobs.before_commit",
    "jobs.after_commit",
    "jobs.before_failure_kept",
    "jobs.between_hooks",
    "jobs.payload_kept",
    # Workers: one says that it is there, one takes what a dead one left.
    "jobs.worker_registered",
    "jobs.before_release",
    # Imports and files.
    "import.portion_written",
    "import.portion_kept",
    "import.before_finish",
    "stages.probe_kept",
    "stages.check_portion",
    "stages.check_kept",
    "stages.undo_portion_written",
    "stages.undo_portion_kept",
    "stages.before_undone",
    "stages.settled_portion_written",
    "stages.before_settled",
    "files.content_kept",
    # Tasks, deals, processes and documents.
    "tasks.notice_written",
    "tasks.before_commit",
    "deals.moved",
    "deals.tasks_made",
    "processes.stepped",
    "documents.numbered",
    "documents.rendered",
    "documents.file_kept",
    "documents.before_commit",
]
"""The points that there are; a test finds each of them in the code."""

FAILPOINTS: Final[tuple[str, ...]] = get_args(Failpoint)


def failpoint(name: Failpoint) -> None:
    """Die here, if this process was told to by `CARDFILE_FAILPOINT`."""
    if _is_told():
        _pass(name, os.environ[VARIABLE])


@cache
def _is_told() -> bool:
    # Asked once: a look into the environment takes twenty times as long as the answer that is kept.
    return VARIABLE in os.environ


def _pass(name: str, told: str) -> None:
    wanted, _, times = told.partition(":")
    if wanted not in FAILPOINTS or not (times or "1").isdecimal():
        raise SettingsError(
            f"{VARIABLE} is {told!r}; it takes a point, or a point and how often it is passed, such as "
            f"jobs.after_lease:3. The points are: {', '.join(FAILPOINTS)}."
        )
    if wanted != name:
        return
    left = int(times or "1") - 1
    if left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
    # The count lives where it came from: there is no state of ours to keep it in.
    os.environ[VARIABLE] = f"{wanted}:{left}"
