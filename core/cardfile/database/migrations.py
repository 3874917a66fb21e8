"""The migration runner: plugins hand over ordered lists, and all that is pending runs as one transaction.

Where a run fails, nothing of it has happened. Two runners wait for each other. A migration that ran and was
edited since is refused by name.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cardfile.database.card_tables import CardTable, missing_card_columns, sync_card_tables
from cardfile.database.catalogue import has_table
from cardfile.database.database import Database
from cardfile.database.failures import DatabaseBusy
from cardfile.database.steps import (
    AddColumn,
    AddIndex,
    CreateTable,
    CreateView,
    Migration,
    Rebuild,
    RunData,
    RunSQL,
    Step,
)
from cardfile.database.transaction import Keeper, Transaction
from cardfile.errors import CardfileError, MigrationError

__all__ = [
    "AddColumn",
    "AddIndex",
    "CardTable",
    "CreateTable",
    "CreateView",
    "Migration",
    "PluginMigrations",
    "Rebuild",
    "RunData",
    "RunSQL",
    "Step",
    "check_migrated",
    "migrate",
    "pending",
    "sync_card_tables",
]

PluginMigrations = Mapping[str, Sequence[Migration]]
"""What every plugin wants to have run, in the order of plugins and, within each, of time."""

_TABLE = "cardfile_migration"


async def migrate(
    database: Database,
    plugins: PluginMigrations,
    *,
    now: datetime,
    cards: Sequence[CardTable] = (),
) -> tuple[str, ...]:
    """Run what is pending, then sync the card tables, in one transaction; return what was done.

    Raises MigrationError, and DatabaseBusy when another process would not let us begin.
    """
    done: list[str] = []
    try:
        async with database.migration() as transaction:
            await _create_own_table(transaction)
            for plugin, migration in await _pending(transaction, plugins):
                await _run(transaction, plugin, migration, now)
                done.append(f"{plugin}: {migration.id}")
            done += await sync_card_tables(transaction, cards)
    except (MigrationError, DatabaseBusy):
        raise
    except CardfileError as error:
        raise MigrationError(f"the migration was undone as a whole: {error}") from error
    return tuple(done)


async def pending(database: Database, plugins: PluginMigrations) -> tuple[tuple[str, str], ...]:
    """Return (plugin, migration id) of what has not run yet, in the order in which it would run."""
    return tuple((plugin, migration.id) for plugin, migration in await _pending(database, plugins))


async def check_migrated(
    database: Database, plugins: PluginMigrations, cards: Sequence[CardTable] = ()
) -> None:
    """Raise MigrationError unless everything has run; it changes nothing."""
    waiting = [f"{plugin}: {name}" for plugin, name in await pending(database, plugins)]
    waiting += await missing_card_columns(database, cards)
    if waiting:
        more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
        raise MigrationError(
            f"the database is not up to date ({', '.join(waiting[:3])}{more}); run: cardfile migrate"
        )


async def _create_own_table(transaction: Transaction) -> None:
    dialect = transaction.database.dialect
    instant = "text" if dialect.name == "sqlite" else "timestamptz"
    await transaction.execute(
        f"create table if not exists {_TABLE} (plugin text not null, id text not null, "
        f"checksum text not null, ran_at {instant} not null, primary key (plugin, id))"
    )


async def _pending(where: Keeper | Transaction, plugins: PluginMigrations) -> list[tuple[str, Migration]]:
    ran: dict[tuple[str, str], str] = {}
    if await has_table(where, _TABLE):
        rows = await where.fetch(f"select plugin, id, checksum from {_TABLE}")
        ran = {(str(plugin), str(name)): str(checksum) for plugin, name, checksum in rows}
    waiting: list[tuple[str, Migration]] = []
    for plugin, migrations in plugins.items():
        _check_list(plugin, migrations, ran)
        waiting += [(plugin, migration) for migration in migrations if (plugin, migration.id) not in ran]
    return waiting


def _check_list(plugin: str, migrations: Sequence[Migration], ran: Mapping[tuple[str, str], str]) -> None:
    names = [migration.id for migration in migrations]
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise MigrationError(f"{plugin}: two migrations are called {doubled!r}")
    unknown = sorted(name for owner, name in ran if owner == plugin and name not in names)
    if unknown:
        raise MigrationError(
            f"{plugin}: the database has run {unknown[0]!r}, which this version does not know; "
            "install the version that wrote it, or a later one"
        )
    skipped: str | None = None
    for migration in migrations:
        checksum = ran.get((plugin, migration.id))
        if checksum is None:
            skipped = skipped or migration.id
        elif skipped is not None:
            raise MigrationError(
                f"{plugin}: {skipped!r} stands before {migration.id!r}, which ran already; put it at the end"
            )
        elif checksum != migration.checksum:
            raise MigrationError(
                f"{plugin}: {migration.id!r} was edited after it ran here; restore it as it was "
                "(a table class in CreateTable by its TableSpec) and write another migration for the change"
            )


async def _run(transaction: Transaction, plugin: str, migration: Migration, now: datetime) -> None:
    for number, step in enumerate(migration.steps, start=1):
        try:
            await step.run(transaction)
        except CardfileError as error:
            raise MigrationError(
                f"{plugin}: {migration.id!r}, step {number} ({type(step).__name__}): {error}"
            ) from error
    await transaction.execute(
        f"insert into {_TABLE} (plugin, id, checksum, ran_at) values ($1, $2, $3, $4)",
        (plugin, migration.id, migration.checksum, now),
    )
