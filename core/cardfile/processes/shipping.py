"""From declared processes to the rows that they ship."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from cardfile.declarations import Process as DeclaredProcess
from cardfile.declarations import Step
from cardfile.errors import DeclarationError
from cardfile.pipelines.shipping import STEP, stage_places
from cardfile.processes.tables import Process, ProcessStep
from cardfile.seeds.seeds import Seed, SeedRef
from cardfile.texts import said

if TYPE_CHECKING:
    from cardfile.plugins.plugin import Plugin

__all__ = ["process_seeds"]


def process_seeds(plugins: Sequence["Plugin"], locale: str) -> list[Seed]:
    """Return the rows that the processes of all plugins come to, labels in `locale`.

    Raises `DeclarationError` when two plugins declare processes of one key, and for a stage that begins what no
    plugin declares.
    """
    owners: dict[str, str] = {}
    seeds: list[Seed] = []
    for plugin in plugins:
        for process in plugin.processes:
            if process.key in owners:
                raise DeclarationError(
                    f"{plugin.name}: the process {process.key!r} is declared by {owners[process.key]} already: "
                    "rename one"
                )
            owners[process.key] = plugin.name
            seeds += _seeds(plugin.name, process, len(owners) * STEP, locale)
    known = {process.key: process.on for plugin in plugins for process in plugin.processes}
    for place in stage_places(plugins):
        for key in place.stage.processes:
            if known.get(key) != "deal":
                deals = sorted(one for one, subject in known.items() if subject == "deal")
                raise DeclarationError(
                    f"{place.plugin}: the stage {place.seed!r} begins the process {key!r}, which no plugin declares "
                    f"for deals; there are: {', '.join(deals) or 'none'}"
                )
    return seeds


def _seeds(plugin: str, process: DeclaredProcess, position: int, locale: str) -> Iterator[Seed]:
    label = said(process.label, locale)
    values: dict[str, object] = {
        "key": process.key,
        "label": label,
        "subject": process.on,
        "position": position,
    }
    values["begins"] = None if process.begins is None else orjson.dumps(process.begins).decode()
    yield Seed(Process, plugin, process.key, values)
    for index, step in enumerate(process.steps):
        place = {"process": SeedRef(Process, plugin, process.key), "position": (index + 1) * STEP}
        yield Seed(ProcessStep, plugin, f"{process.key}/{step.key}", {**place, **_values(step, locale)})


def _values(step: Step, locale: str) -> dict[str, object]:
    return {
        "key": step.key,
        "label": said(step.label, locale),
        "kind": step.kind,
        "after": None if step.after is None else ",".join(step.after) or "-",
        "condition": _json(step.where),
        "assignee": step.assignee,
        "choose": step.choose.value,
        "due": str(step.due) if step.due else None,
        "reminders": step.reminders,
        "text": said(step.text, locale) or None,
        "document": step.document or None,
        "until": _json(step.until),
    }


def _json(filter_: Mapping[str, Any]) -> str | None:
    return orjson.dumps(filter_).decode() if filter_ else None
