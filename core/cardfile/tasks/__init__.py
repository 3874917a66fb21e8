"""Tasks: what is to be done, by whom and by when, and how nobody forgets it."""

from typing import Final

from cardfile.tasks.assigning import Reassigned, assign_task, reassign_all_tasks, reassign_tasks
from cardfile.tasks.book import PolicySpec, TaskBook, TemplateSpec, task_book
from cardfile.tasks.choices import NoticeKind, TaskCause, TaskState
from cardfile.tasks.doing import cancel_task, complete_task, reopen_task
from cardfile.tasks.entities import ENTITIES, notices, policies, tasks, templates
from cardfile.tasks.grants import GRANTS
from cardfile.tasks.migrations import MIGRATIONS
from cardfile.tasks.notices import NOTICES, Read, Tiding, mark_all_notices_read, mark_notices_read, tell
from cardfile.tasks.rules import TaskRules
from cardfile.tasks.sending import JOBS, send_all, send_portion
from cardfile.tasks.setting import create_task, postpone_task
from cardfile.tasks.shipping import REMINDER_POLICIES, task_seeds
from cardfile.tasks.tables import Notice, Policy, Task, Template

COMMANDS: Final = (
    create_task,
    postpone_task,
    complete_task,
    cancel_task,
    reopen_task,
    assign_task,
    reassign_tasks,
    reassign_all_tasks,
    *NOTICES,
)
"""The commands of this room, beside those that every entity has."""

__all__ = [
    "COMMANDS",
    "ENTITIES",
    "GRANTS",
    "JOBS",
    "MIGRATIONS",
    "REMINDER_POLICIES",
    "Notice",
    "NoticeKind",
    "Policy",
    "PolicySpec",
    "Read",
    "Reassigned",
    "Task",
    "TaskBook",
    "TaskCause",
    "TaskRules",
    "TaskState",
    "Template",
    "TemplateSpec",
    "Tiding",
    "assign_task",
    "cancel_task",
    "complete_task",
    "create_task",
    "mark_all_notices_read",
    "mark_notices_read",
    "notices",
    "policies",
    "postpone_task",
    "reassign_all_tasks",
    "reassign_tasks",
    "reopen_task",
    "send_all",
    "send_portion",
    "task_book",
    "task_seeds",
    "tasks",
    "tell",
    "templates",
]
