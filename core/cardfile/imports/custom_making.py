"""Custom fields that a list asks for: those that there are, and those that are made when it is brought in."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from cardfile.clients.tables import CustomField
from cardfile.errors import NotAllowed
from cardfile.imports.custom import CUSTOM_FIELD, CUSTOM_VALUE, custom_path, read_custom
from cardfile.imports.host import ImportHost
from cardfile.imports.importers import importing_command
from cardfile.imports.plan import ColumnPlan, ImportPlan
from cardfile.journal.calls import Call
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.model.record_types import RecordType
from cardfile.query.rows import fetch_records
from cardfile.rights import EVERYTHING, Actor, Rights, Scope
from cardfile.values.text import fold

__all__ = ["custom_fields", "has_custom_fields", "make_custom_fields", "require_custom_fields"]


def has_custom_fields(record_type: RecordType) -> bool:
    """Tell whether records of a type have custom fields."""
    return any(link.target == CUSTOM_VALUE for link in record_type.links.values())


async def custom_fields(app: ImportHost) -> dict[str, tuple[int, str]]:
    """Return the custom fields that there are, by their paths: the id and the label."""
    rows = await fetch_records(
        app.database,
        app.model,
        app.model[CUSTOM_FIELD],
        EVERYTHING,
        now=app.clock.now(),
        paths=("label", "kind"),
        order=("position", "id"),
    )
    return {
        custom_path(str(row["kind"]), str(row["label"])): (int(str(row["id"])), str(row["label"]))
        for row in rows
    }


def require_custom_fields(rights: Rights, plan: ImportPlan, known: Iterable[str]) -> None:
    """Raise `NotAllowed` when a plan asks for new custom fields and somebody may not make any."""
    if set(_wanted(plan)) - set(known) and rights.scope(CUSTOM_FIELD, "create") is Scope.NONE:
        raise NotAllowed("You may not add fields: leave the column out, or let a head of a team add it.")


async def make_custom_fields(work: UnitOfWork, app: ImportHost, actor: Actor, plan: ImportPlan) -> ImportPlan:
    """Make the custom fields of a plan that are not there yet, and return the plan with those that are.

    A field of the same name is taken whatever its kind is: two of one name would be mixed up.
    """
    known = await custom_fields(app)
    require_custom_fields(actor.rights, plan, known)
    by_label = {fold(label): path for path, (_, label) in known.items()}
    call = Call(work, importing_command(app.model[CUSTOM_FIELD]))
    instead: dict[str, str] = {}
    for path in _wanted(plan):
        told = read_custom(path)
        assert told is not None, "the wanted ones are paths of custom fields"
        kind, label = told
        if path in known:
            continue
        if fold(label) not in by_label:
            values: dict[str, Any] = {"label": label, "kind": kind}
            await call.create(CustomField, values)
            by_label[fold(label)] = path
        instead[path] = by_label[fold(label)]
    await call.finish()
    return ImportPlan(
        tuple(
            replace(sheet, columns=tuple(_instead(column, instead) for column in sheet.columns))
            for sheet in plan.sheets
        )
    )


def _instead(column: ColumnPlan, paths: Mapping[str, str]) -> ColumnPlan:
    return replace(column, path=paths.get(column.path, column.path)) if column.path else column


def _wanted(plan: ImportPlan) -> list[str]:
    paths = [path for sheet in plan.sheets for path in sheet.paths.values() if read_custom(path) is not None]
    return list(dict.fromkeys(paths))
