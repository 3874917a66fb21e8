"""Migrated databases, kept while a test session lasts: a copy of a file takes less time than all migrations."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["Migrated"]


class Migrated:
    """Brings the fresh SQLite databases of apps up to date, the first of its kind by migrating it.

    Two apps are of one kind when the same plugins with the same settings are migrated at the same moment.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[tuple[Any, ...], Path] = {}

    @staticmethod
    def kind_of(app: "App") -> tuple[Any, ...]:
        """Return what two apps have in common whose fresh databases are equal."""
        settings = app.settings
        return (
            tuple(type(one) for one in app.plugins),
            settings.locale,
            settings.zone,
            settings.currency,
            settings.region,
            repr(app.sections),
            app.clock.now(),
        )

    async def migrate(self, app: "App") -> None:
        """Do what `app.migrate()` does; a database on a server, or one that exists, is migrated as ever."""
        from cardfile.database.sqlite import SqliteDatabase

        if not isinstance(app.database, SqliteDatabase) or app.database.path.exists():
            await app.migrate()
            return
        kind, settings = self.kind_of(app), app.settings
        if kind not in self._files:
            await app.migrate()
            kept = self._folder / f"{len(self._files)}.db"
            shutil.copyfile(app.database.path, kept)
            self._files[kind] = kept
            return
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        app.database.path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._files[kind], app.database.path)
