"""Who imports, and under which deed the journal keeps what an import does."""

from dataclasses import replace
from typing import Final

from cardfile.errors import NotAllowed
from cardfile.imports.host import ImportHost
from cardfile.imports.name_book import read_titles
from cardfile.journal.commands import Command
from cardfile.journal.references import check_owner, owner_path
from cardfile.model.record_types import RecordType
from cardfile.rights import Actor, Scope
from cardfile.texts import Label

__all__ = ["actor_of_import", "heir_of", "importing_command", "require_heir_in_reach"]

_LABEL: Final[Label] = {"en": "Import", "ru": "Импортировать"}


async def actor_of_import(app: ImportHost, owner: object) -> Actor:
    """Return who imports: a colleague, or the system itself when it is nobody's import.

    Raises `NotAllowed` when he does not work here any more.
    """
    if owner is None:
        system = Actor.system("import")
        return replace(system, via="import", locale=app.settings.locale, zone=app.settings.zone)
    actor = await app.access.actor(int(str(owner)), via="import")
    if actor is None:
        raise NotAllowed("Whoever started this import does not work here any more.")
    return actor


def importing_command(record_type: RecordType) -> Command:
    """Return the deed under which the journal keeps what an import does to records."""

    async def import_records() -> None:
        return None

    return Command(
        name=f"{record_type.key}.import",
        entity=record_type.key,
        action="import",
        label=_LABEL,
        function=import_records,
        parameters=(),
        result=None,
        event=f"{record_type.key}.imported",
    )


def require_heir_in_reach(record_type: RecordType, actor: Actor, assign_to: int | None) -> None:
    """Raise `NotAllowed` when the importer may not make records for whoever is to get those without an owner."""
    path, scope = owner_path(record_type), actor.rights.scope(record_type.key, "create")
    if assign_to is None or path is None or scope is Scope.NONE:
        return
    if check_owner(record_type, {path: assign_to}, actor, scope) is not None:
        raise NotAllowed(
            "The new records cannot go to somebody outside of your own reach: name another owner.",
            path=("owner",),
        )


async def heir_of(
    app: ImportHost, record_type: RecordType, actor: Actor, assign_to: int | None
) -> str | None:
    """Return the name of whoever gets new records of which a list names no owner; None when nobody does."""
    if owner_path(record_type) is None:
        return None
    heir = assign_to if assign_to is not None else actor.user
    if heir is None:
        return None
    if heir == actor.user:
        return actor.name
    names = await read_titles(
        app.database, app.model, app.model["user"], actor.rights, [heir], now=app.clock.now()
    )
    return names.get(heir) or app.model["user"].global_id(heir)
