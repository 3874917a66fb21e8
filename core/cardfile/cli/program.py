"""What `cardfile` can be told, and how it ends.

Exit codes: 0 all is well; 1 something unexpected; 2 wrong usage, settings or declarations, or a database or queue
that cannot be opened; 3 refused; 4 not found; 5 the database must be migrated first; 130 interrupted.
`CARDFILE_DEBUG=1` shows tracebacks.
"""

import os
import sys
from collections.abc import Sequence
from enum import IntEnum
from importlib import import_module
from typing import Any, Final

from typer import Exit, Typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from cardfile.errors import (
    CardfileError,
    DatabaseUnopenable,
    DeclarationError,
    MigrationError,
    NotFound,
    Refused,
    SettingsError,
)
from cardfile.texts import Texts

__all__ = ["ExitCode", "main"]

COMMANDS: Final = {
    "serve": ("cardfile.cli.serve", "Serve the API, and do the jobs beside it."),
    "worker": ("cardfile.cli.worker", "Do jobs in a process of their own."),
    "jobs": ("cardfile.cli.jobs", "Look at jobs, try them again, cancel them, do what is due."),
    "migrate": ("cardfile.cli.migrate", "Bring the database up to date."),
    "check": ("cardfile.cli.check", "Check settings, plugins, declarations and the database."),
    "plugins": ("cardfile.cli.plugins", "List the plugins and what they add."),
    "user": ("cardfile.cli.users", "Make and list people, give passwords and roles."),
    "token": ("cardfile.cli.tokens", "Make, list and revoke API tokens."),
    "import": ("cardfile.cli.imports", "Import a list from a spreadsheet, or undo an import."),
    "export": ("cardfile.cli.exports", "Export records to a spreadsheet."),
    "template": ("cardfile.cli.templates", "Write an empty list to be filled in and imported."),
    "schema": ("cardfile.cli.schema", "Print the GraphQL schema."),
    "shipped": ("cardfile.cli.shipped", "Keep or take what plugins ship and people have changed."),
    "demo": ("cardfile.cli.demo", "Fill a database with made-up data, and show it."),
    "bench": ("cardfile.cli.bench", "Measure reads and writes against hand-written SQL."),
}
"""The commands, each with the module that holds it as `program`."""


class ExitCode(IntEnum):
    """How the command ended."""

    UNEXPECTED = 1
    USAGE = 2
    REFUSED = 3
    NOT_FOUND = 4
    MIGRATION_NEEDED = 5
    INTERRUPTED = 130


CODES: Final = (
    (MigrationError, ExitCode.MIGRATION_NEEDED),
    (DatabaseUnopenable, ExitCode.USAGE),
    (SettingsError, ExitCode.USAGE),
    (DeclarationError, ExitCode.USAGE),
    (NotFound, ExitCode.NOT_FOUND),
    (Refused, ExitCode.REFUSED),
)
"""From the particular to the general: the first that fits counts."""


class _Nouns(TyperGroup):
    """A group whose commands are imported when they are called; plugins add theirs under their own names."""

    _is_listing = False

    # Typer's own copy of click has no public names for contexts and commands.
    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return _command_of_plugin(cmd_name)
        module, help_ = COMMANDS[cmd_name]
        if self._is_listing:
            return TyperCommand(cmd_name, help=help_)
        command = get_command(import_module(module).program)
        command.name = cmd_name
        return command

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self._is_listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._is_listing = False


def _command_of_plugin(name: str) -> Any:
    from cardfile.plugins.loader import find_plugin  # noqa: PLC0415  `cardfile --help` needs no plugin.
    from cardfile.settings import Settings  # noqa: PLC0415

    found = find_plugin(name, Settings.load())
    program = found.plugin().cli() if found is not None else None
    return get_command(program) if program is not None else None


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says, and leave with an exit code."""
    program = Typer(
        name="cardfile",
        cls=_Nouns,
        no_args_is_help=True,
        add_completion=False,
        help="A framework for CRM systems: declare card fields and verbs once, read them over GraphQL.",
        epilog="Plugins add commands under their own names: see `cardfile plugins`.",
        pretty_exceptions_enable=False,
    )
    program.callback()(_nothing_of_its_own)
    try:
        get_command(program).main(args=arguments, prog_name="cardfile")
    except CardfileError as error:
        code = next((code for kind, code in CODES if isinstance(error, kind)), ExitCode.UNEXPECTED)
        # Labels in a refusal are in several languages; the command line speaks English.
        _end(error.say(Texts()) if isinstance(error, Refused) else str(error), code, error)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except (Exit, SystemExit):
        raise
    except Exception as error:  # noqa: BLE001  The last boundary: a person gets a sentence, not a traceback.
        _end(
            f"Something unexpected happened: {type(error).__name__}: {error}. "
            "CARDFILE_DEBUG=1 shows where; please report it.",
            ExitCode.UNEXPECTED,
            error,
        )


def _nothing_of_its_own() -> None:
    pass


def _end(sentence: str, code: ExitCode, error: Exception) -> None:
    if os.environ.get("CARDFILE_DEBUG") == "1":
        raise error
    is_colourful = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    red, plain = ("\033[31m", "\033[0m") if is_colourful else ("", "")
    print(f"{red}{sentence}{plain}", file=sys.stderr)
    sys.exit(code)
