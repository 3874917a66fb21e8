"""The core as a plugin: what its rooms declare goes the same way as what others declare."""

from typing import ClassVar

from cardfile import access, clients, jobs, journal, timeline
from cardfile.database import PluginMigrations
from cardfile.model.record_types import CORE
from cardfile.plugins import Plugin

__all__ = ["CorePlugin"]


class CorePlugin(Plugin):
    """People and rights, clients and their history, the journal and the jobs."""

    name = CORE
    label: ClassVar = {"en": "Cardfile", "ru": "Картотека"}
    requires = "cardfile>=0"

    entities = (*access.ENTITIES, *clients.ENTITIES, *timeline.ENTITIES)
    commands = (*access.COMMANDS, *clients.COMMANDS, *timeline.COMMANDS)
    grants: ClassVar = access.GRANTS
    jobs = (*jobs.JOBS,)

    def migration_lists(self) -> PluginMigrations:
        """Return a list for every room, so that each can grow at its own end."""
        return {
            "core.access": access.MIGRATIONS,
            "core.journal": journal.MIGRATIONS,
            "core.clients": clients.MIGRATIONS,
            "core.jobs": jobs.MIGRATIONS,
        }
