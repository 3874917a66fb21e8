"""`cardfile import`: a list from a file, and what became of earlier ones.

`cardfile import list.xlsx` brings a list in; a word that is one of the subcommands is taken as such (a file of
that name is `./undo`).
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option, Typer
from typer.core import TyperGroup

from cardfile.app import App
from cardfile.cli.bringing_in import Wanted, bring_in, try_out, undo_here
from cardfile.cli.import_files import add_to
from cardfile.cli.import_told import print_counts, tell_issues
from cardfile.cli.opened import build_app, run
from cardfile.cli.people import who
from cardfile.cli.tables import print_table, tell_of_more
from cardfile.errors import InvalidInput, NotFound
from cardfile.imports import COUNTED, UNFINISHED, DuplicateMode, ImportCounts, ImportUndone, Wishes
from cardfile.query.rows import fetch_records
from cardfile.rights import Actor


class _FileFirst(TyperGroup):
    """A group in which a first word that is no subcommand is the file to be imported."""

    # Typer's own copy of click has no public names for contexts.
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["file", *args]
        return super().parse_args(ctx, args)


program = Typer(
    cls=_FileFirst,
    no_args_is_help=True,
    help="Import a list from a spreadsheet: cardfile import list.xlsx. Or undo an import, list and show them.",
)

Login = Annotated[
    str | None, Option("--as", metavar="LOGIN", help="Who imports: his rights hold, new records are his.")
]
Number = Annotated[str, Argument(metavar="ID", help="The import, as `cardfile import list` shows it.")]


@program.command("file")
def import_file(
    path: Annotated[Path, Argument(metavar="FILE", help="An xlsx, xls, ods or csv file.")],
    *,
    as_: Login = None,
    owner: Annotated[
        str | None, Option(metavar="LOGIN", help="Who gets the records of which the list names no owner.")
    ] = None,
    duplicates: Annotated[
        DuplicateMode, Option(help="What to do with rows that are known already by phone or e-mail.")
    ] = DuplicateMode.SKIP,
    map_: Annotated[
        list[str] | None,
        Option("--map", metavar="COLUMN=FIELD", help="A column's field; nothing after = leaves it out."),
    ] = None,
    sheet: Annotated[
        list[str] | None,
        Option(help="A sheet, as often as wanted; else the one that looks most like a list."),
    ] = None,
    header_row: Annotated[int | None, Option(help="The row of the header, 0 for none.", min=0)] = None,
    entity: Annotated[str, Option(help="What each row is: client, deal, task…")] = "client",
    dry_run: Annotated[bool, Option("--dry-run", help="Only say what would happen.")] = False,
    yes: Annotated[bool, Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Import a list: cardfile import list.xlsx. At a terminal it is talked over first, unless --yes is given."""
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not yes
    wishes = Wishes(tuple(sheet or ()), header_row, _read_map(map_ or []))
    wanted = Wanted(path, as_, owner, wishes, duplicates, entity, asks)
    run(try_out(build_app(), wanted) if dry_run else bring_in(build_app(), wanted))


@program.command()
def undo(number: Number, *, as_: Login = None) -> None:
    """Stop an import and take it back: new records are archived, changed ones get their earlier values."""
    run(_undo(build_app(), _number(number), as_))


@program.command("list")
def list_(*, as_: Login = None, limit: Annotated[int, Option(min=1, max=1_000)] = 20) -> None:
    """List the latest imports."""
    rows = run(_list(build_app(), as_, limit + 1))
    headings = ("id", "file", "state", "started", "read", *(one.value for one in COUNTED))
    print_table(headings, rows[:limit])
    tell_of_more(rows, limit)


@program.command()
def show(
    number: Number,
    *,
    as_: Login = None,
    issues: Annotated[int, Option(help="How many rows with issues to show.", min=1, max=1_000)] = 100,
) -> None:
    """Show an import: its counts, and what was noticed in which cell."""
    run(_show(build_app(), _number(number), as_, issues))


add_to(program)


def _read_map(given: Iterable[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for text in given:
        column, equals, path = text.rpartition("=")
        if not equals or not column.strip():
            raise InvalidInput(
                "“{text}” is no mapping: write COLUMN=FIELD, such as Цель=fitness.goal.", text=text
            )
        found[column.strip()] = path.strip() or None
    return found


def _number(text: str) -> int:
    digits = text.removeprefix("import_")
    if not digits.isdigit() or len(digits) > 18:
        raise NotFound("There is no import {id}: see `cardfile import list`.", id=text)
    return int(digits)


async def _undo(app: App, number: int, login: str | None) -> None:
    async with app.running():
        actor = await who(app, login, "import undo")
        rows = await _imports(app, actor, ids=[number])
        if rows and rows[0]["state"] in UNFINISHED:
            await app.do(actor, "import.cancel", started=number)
        done = await app.do(actor, "import.undo", done=number)
        assert isinstance(done, ImportUndone)
        if not done.is_over:
            done = await undo_here(app, actor, number)
    print(
        f"Import {number} is undone: {done.archived} records archived, {done.restored} put back as they were."
    )
    if done.kept:
        print(f"{done.kept_total} keep what was changed since:\n")
        print_table(
            ("record", "name", "fields", "why"),
            ((one.id, one.name, ", ".join(one.fields), one.why) for one in done.kept),
        )


async def _list(app: App, login: str | None, limit: int) -> list[tuple[object, ...]]:
    async with app.running():
        actor = await who(app, login, "import list")
        rows = await _imports(app, actor, limit=limit)
    return [
        (
            row["id"],
            row["file_name"],
            row["state"],
            row["started_at"].strftime("%Y-%m-%d %H:%M") if row["started_at"] else "",
            row["rows_read"],
            *(row[f"rows_{one.value}"] for one in COUNTED),
        )
        for row in rows
    ]


async def _show(app: App, number: int, login: str | None, issues: int) -> None:
    async with app.running():
        actor = await who(app, login, "import show")
        rows = await _imports(app, actor, ids=[number])
        if not rows:
            raise NotFound("There is no import {id}: see `cardfile import list`.", id=number)
        (row,) = rows
        print(f"Import {number}: {row['file_name']}, sheet “{row['sheet']}”, {row['state']}")
        if row["error"]:
            print(row["error"])
        print()
        print_counts(ImportCounts.of(row))
        await tell_issues(app, actor, number, issues)


async def _imports(
    app: App, actor: Actor, *, ids: Sequence[int] | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    return await fetch_records(
        app.database, app.model, app.model["import"], actor.rights, now=app.clock.now(), ids=ids, limit=limit
    )
