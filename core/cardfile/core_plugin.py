"""The core as a plugin: what its rooms declare goes the same way as what others declare."""

from typing import ClassVar

from cardfile import access, clients, journal, timeline
from cardfile import jobs as jobs_room
from cardfile.database import PluginMigrations
from cardfile.declarations import Grants
from cardfile.errors import DeclarationError
from cardfile.model.record_types import CORE
from cardfile.plugins import Plugin

__all__ = ["CorePlugin"]


def _together(*rooms: Grants) -> Grants:
    """Return what several rooms grant, each about entities of its own."""
    found: dict[str, dict[str, str]] = {}
    for room in rooms:
        for role, permissions in room.items():
            if twice := found.setdefault(role, {}).keys() & permissions.keys():
                raise DeclarationError(f"core: two rooms grant {role!r} rights to {', '.join(sorted(twice))}")
            found[role].update(permissions)
    return found


class CorePlugin(clients.ClientRules, Plugin):
    """People and rights, clients and their history, the journal and the jobs."""

    name = CORE
    label: ClassVar = {"en": "Cardfile", "ru": "Картотека"}
    requires = "cardfile>=0"

    entities = (*access.ENTITIES, *clients.ENTITIES, *timeline.ENTITIES)
    commands = (*access.COMMANDS, *clients.COMMANDS)
    grants = _together(access.GRANTS, clients.GRANTS)
    jobs = jobs_room.JOBS

    def migration_lists(self) -> PluginMigrations:
        """Return a list for every room, so that each can grow at its own end."""
        return {
            "core.access": access.MIGRATIONS,
            "core.journal": journal.MIGRATIONS,
            "core.clients": clients.MIGRATIONS,
            "core.jobs": jobs_room.MIGRATIONS,
        }
