"""Work: the tasks of people, what was done, how much of it in time, and what is overdue."""

from dataclasses import dataclass
from typing import Annotated, Final

from cardfile.access.tables import Team, User
from cardfile.journal.calls import Call
from cardfile.plugins.reports import report
from cardfile.query import Elapsed, Measure
from cardfile.reports.asking import PERIOD, Period, in_period, of_people, period_of
from cardfile.reports.figures import Counting, Figure, Person, Times, all_of, people, share
from cardfile.tasks.tables import Task

__all__ = ["Work", "work"]

PERSON: Final = "Only the tasks of this colleague."
PEOPLE: Final = "Only the tasks of people of this team, and of those below it."
TOOK: Final = Elapsed("created_at", "done_at")


@dataclass(frozen=True, slots=True)
class WorkOf:
    """The tasks of one person; null stands for tasks that are nobody's yet, or somebody's out of sight.

    `in_time` and `late` are those done in the period that had a moment by which they were due; `within` is the
    part of them done in time. `overdue` and `open` are as of now. `took` is from setting a task to doing it.
    """

    person: Person | None
    done: Figure
    in_time: Figure
    late: Figure
    within: float | None
    overdue: Figure
    open: Figure
    took: Times | None


@dataclass(frozen=True, slots=True)
class Work:
    """The tasks of all together, and of each."""

    done: Figure
    in_time: Figure
    late: Figure
    within: float | None
    overdue: Figure
    open: Figure
    took: Times | None
    people: list[WorkOf]


@report("work", entity="task", label={"en": "Tasks by person", "ru": "Задачи по сотрудникам"})
async def work(
    call: Call,
    period: Annotated[Period | None, PERIOD] = None,
    person: Annotated[User | None, PERSON] = None,
    team: Annotated[Team | None, PEOPLE] = None,
) -> Work:
    """Count the tasks that were done in a period, in time or late, and those that are open and overdue now."""
    done = all_of({"state": {"eq": "done"}}, in_period(call, "done_at", period_of(call, period)))
    counting = Counting(
        call, Task, {"or": [{"state": {"eq": "open"}}, done]}, await of_people(call, "assignee", person, team)
    )
    dated = {"dueAt": {"isNull": False}}
    measures = {
        "done": Measure(done),
        "in_time": Measure(all_of(done, dated, {"doneLate": {"eq": False}})),
        "late": Measure(all_of(done, {"doneLate": {"eq": True}})),
        "overdue": Measure({"state": {"eq": "open"}, "dueAt": {"past": True}}),
        "open": Measure({"state": {"eq": "open"}}),
    }
    total, found = await counting.whole_and_by("assignee", measures)
    names = await people(call, [one.key for one in found])
    took = await counting.times(TOOK, done, by="assignee")
    return Work(
        **total,
        within=share(total["in_time"].count, total["in_time"].count + total["late"].count),
        took=(await counting.times(TOOK, done)).get(None),
        people=[
            WorkOf(
                person=names.get(one.key),
                **one.figures,
                within=share(
                    one.figures["in_time"].count, one.figures["in_time"].count + one.figures["late"].count
                ),
                took=took.get(one.key),
            )
            for one in found
        ],
    )
