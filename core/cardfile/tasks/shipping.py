"""From declared reminder policies and task templates to the rows that they ship."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from cardfile.declarations import ReminderPolicy, TaskTemplate, days, hours, minutes, working_days
from cardfile.errors import DeclarationError
from cardfile.model.record_types import CORE
from cardfile.pipelines import Place, stage_places
from cardfile.seeds import Seed, SeedRef
from cardfile.tasks.tables import Policy, Template
from cardfile.texts import said

if TYPE_CHECKING:
    from cardfile.plugins.plugin import Plugin

__all__ = ["REMINDER_POLICIES", "task_seeds"]

STEP: Final = 10

REMINDER_POLICIES: Final = (
    ReminderPolicy(
        key="normal",
        label={
            "en": "In time; the head after a working day",
            "ru": "В срок; руководителю через рабочий день",
        },
        head_after=working_days(1),
    ),
    ReminderPolicy(
        key="urgent",
        label={
            "en": "In time, then every 15 minutes; the head after half an hour",
            "ru": "В срок, затем каждые 15 минут; руководителю через полчаса",
        },
        every=minutes(15),
        most=8,
        head_after=minutes(30),
    ),
    ReminderPolicy(
        key="gentle",
        label={"en": "A day before, an hour before, in time", "ru": "За день, за час и в срок"},
        before=(days(1), hours(1)),
    ),
    ReminderPolicy(key="none", label={"en": "Never", "ru": "Не напоминать"}, at=False),
)
"""The policies that are there from the beginning."""


def task_seeds(plugins: Sequence["Plugin"], locale: str) -> list[Seed]:
    """Return the rows that all plugins' policies and their stages' templates come to, labels in `locale`.

    Raises `DeclarationError` for two policies of one key, and for a template whose policy nobody declares.
    """
    owners: dict[str, str] = {}
    seeds = []
    for plugin in plugins:
        for number, policy in enumerate(plugin.reminder_policies):
            if policy.key in owners:
                raise DeclarationError(
                    f"{plugin.name}: the reminder policy {policy.key!r} is declared by {owners[policy.key]} "
                    "already: rename one"
                )
            owners[policy.key] = plugin.name
            position = (number + 1) * STEP + (0 if plugin.name == CORE else STEP * STEP)
            seeds.append(Seed(Policy, plugin.name, policy.key, _policy(policy, position, locale)))
    for place in stage_places(plugins):
        seeds += _templates(place, owners, locale)
    return seeds


def _policy(policy: ReminderPolicy, position: int, locale: str) -> dict[str, object]:
    return {
        "key": policy.key,
        "label": said(policy.label, locale),
        "before": ", ".join(map(str, policy.before)) or None,
        "at_due": policy.at,
        "every": str(policy.every) if policy.every else None,
        "most": policy.most,
        "head_after": str(policy.head_after) if policy.head_after else None,
        "position": position,
    }


def _templates(place: Place, owners: Mapping[str, str], locale: str) -> Iterator[Seed]:
    for number, one in enumerate(place.stage.tasks):
        if one.reminders not in owners:
            raise DeclarationError(
                f"{place.plugin}: the task {one.key!r} of stage {place.seed!r} reminds as {one.reminders!r}, which "
                f"nobody declares; there are: {', '.join(sorted(owners))}"
            )
        values = _template(one, locale)
        values["stage"] = place.ref
        values["policy"] = SeedRef(Policy, owners[one.reminders], one.reminders)
        values["position"] = (number + 1) * STEP
        yield Seed(Template, place.plugin, f"{place.seed}/{one.key}", values)


def _template(one: TaskTemplate, locale: str) -> dict[str, object]:
    return {
        "key": one.key,
        "title": said(one.title, locale),
        "kind": one.kind,
        "due": str(one.due),
        "assignee": one.assignee,
        "choose": str(one.choose),
        "script": said(one.script, locale) or None,
        "blocks": one.blocks,
    }
