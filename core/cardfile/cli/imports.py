"""`cardfile import`: a list from a file, and what became of earlier ones.

`cardfile import list.xlsx` brings a list in; a word that is one of the subcommands is taken as such (a file of
that name is `./undo`).
"""

import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, Any, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text
from typer import Argument, Exit, Option, Typer, confirm
from typer.core import TyperGroup

from cardfile.app import App
from cardfile.cli.opened import build_app, run
from cardfile.cli.people import find_user, who
from cardfile.cli.tables import print_table
from cardfile.errors import FileRefused, InvalidInput, NotFound
from cardfile.journal import Call
from cardfile.query.rows import fetch_records
from cardfile.rights import Actor
from cardfile.spreadsheets import (
    Choices,
    DuplicateMode,
    ImportCounts,
    ImportIssues,
    ImportState,
    ImportUndone,
    Outcome,
    Probe,
    SheetReaders,
    Wishes,
    dry_run,
    find_unfinished,
    importable_type,
    keep_import,
    places_of,
    preview_columns,
    probe_file,
    run_import,
)
from cardfile.spreadsheets import Progress as Reached

SHOWN_ISSUES: Final = 15
PIECE: Final = 1 << 20
MOST_BYTES: Final = 50_000_000


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


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command line asked for."""

    path: Path
    login: str | None
    owner: str | None
    wishes: Wishes
    duplicates: DuplicateMode
    asks: bool


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
    sheet: Annotated[str | None, Option(help="The sheet; else the one that looks most like a list.")] = None,
    header_row: Annotated[int | None, Option(help="The row of the header.", min=1)] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Only say what would happen.")] = False,
    yes: Annotated[bool, Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Import the clients of a list: cardfile import list.xlsx."""
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not yes
    wishes = Wishes(sheet, header_row, _read_map(map_ or []))
    wanted = _Wanted(path, as_, owner, wishes, duplicates, asks)
    run(_dry(build_app(), wanted) if dry_run else _import(build_app(), wanted))


@program.command()
def undo(number: Number, *, as_: Login = None) -> None:
    """Stop an import and take it back: new records are archived, changed ones get their earlier values."""
    run(_undo(build_app(), _number(number), as_))


@program.command("list")
def list_(*, as_: Login = None, limit: Annotated[int, Option(min=1, max=1_000)] = 20) -> None:
    """List the latest imports."""
    rows = run(_list(build_app(), as_, limit))
    headings = ("id", "file", "state", "started", "read", *(one.value for one in Outcome))
    print_table(headings, rows)


@program.command()
def show(
    number: Number,
    *,
    as_: Login = None,
    issues: Annotated[int, Option(help="How many rows with issues to show.", min=1, max=1_000)] = 100,
) -> None:
    """Show an import: its counts, and what was noticed in which cell."""
    run(_show(build_app(), _number(number), as_, issues))


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


async def _look(app: App, actor: Actor, wanted: _Wanted) -> tuple[Probe, Choices]:
    """Show how the list is understood."""
    assign_to = await find_user(app, wanted.owner) if wanted.owner else None
    choices = Choices(wanted.wishes, wanted.duplicates, assign_to)
    async with app.unit_of_work(actor) as work:
        record_type = importable_type(Call(work, app.commands["import.start"]), choices.entity)
    places = places_of(app.model, record_type, actor.rights)
    found = await probe_file(wanted.path, record_type, places, choices.wishes, locale=actor.locale)
    header = f"header in row {found.header.row}" if found.header.row else "no header"
    print(f"{wanted.path.name}: sheet “{found.sheet.name}”, {header}\n")
    print_table(
        ("column", "name", "goes to", "field", "sure", "samples"),
        (
            (
                one.letter,
                one.name,
                one.field or "— (left out)",
                one.label or "",
                f"{one.confidence:.0%} {(one.reason or '').replace('_', ' ')}" if one.field else "",
                ", ".join(one.samples[:3])[:60],
            )
            for one in preview_columns(found, places, actor.locale)
        ),
    )
    print()
    return found, choices


async def _import(app: App, wanted: _Wanted) -> None:
    async with app.running():
        actor = await who(app, wanted.login, "import")
        found, choices = await _look(app, actor, wanted)
        number = await _unfinished(app, actor, wanted, found, choices)
        if number is None:
            if wanted.asks and not confirm("Import it?", default=True):
                raise Exit(0)
            number = await _set_up(app, actor, wanted, found, choices)
        counts = await _run(app, number)
        await _tell(app, actor, number, counts)


async def _unfinished(app: App, actor: Actor, wanted: _Wanted, found: Probe, choices: Choices) -> int | None:
    """Return the number of the same import that was cut off earlier, if there is one."""
    with wanted.path.open("rb") as file:
        fingerprint = file_digest(file, "sha256").hexdigest()
    async with app.unit_of_work(actor) as work:
        call = Call(work, app.commands["import.start"])
        number = await find_unfinished(call, fingerprint, found, choices)
    if number is not None:
        print(f"Import {number} of the same list was cut off: it goes on where it was.\n")
    return number


async def _set_up(app: App, actor: Actor, wanted: _Wanted, found: Probe, choices: Choices) -> int:
    stored = await app.access.files.put(
        _pieces(wanted.path), name=wanted.path.name, owner=actor.user, limit=MOST_BYTES
    )
    async with app.unit_of_work(actor) as work:
        call = Call(work, app.commands["import.start"])
        made = await keep_import(call, stored, choices, found=found)
        call.be_about(made)
        await call.finish()
    return made.id


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise FileRefused(
            "The file “{name}” cannot be opened: {reason}.", name=path.name, reason=error.strerror
        ) from None
    with file:
        while piece := file.read(PIECE):
            yield piece


async def _run(app: App, number: int) -> ImportCounts:
    with _bar() as bar:
        task = bar.add_task("rows", total=None)

        def tell(reached: Reached) -> None:
            about = max(reached.about or 0, reached.row)
            bar.update(task, completed=reached.row, total=about or None)

        return await run_import(app, number, tell=tell)


class _Speed(ProgressColumn):
    """How many rows are dealt with in a second."""

    def render(self, task: Task) -> Text:
        """Return the speed as it is shown."""
        return Text(f"{task.speed:,.0f} rows/s" if task.speed else "")


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.completed:.0f} rows"),
        BarColumn(),
        _Speed(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


async def _dry(app: App, wanted: _Wanted) -> None:
    async with app.running():
        actor = await who(app, wanted.login, "import")
        found, choices = await _look(app, actor, wanted)
        async with app.unit_of_work(actor) as work, SheetReaders().open(wanted.path) as file:
            call = Call(work, app.commands["import.preview"])
            done = await dry_run(call, file, app.model[choices.entity], found, choices.duplicates)
        print_counts(done.counts)
        texts = app.texts(actor.locale)
        rows = [
            (issue.address, issue.column or "", one.outcome.value, issue.say(texts))
            for one in done.noted[:SHOWN_ISSUES]
            for issue in one.row.issues
        ]
        _print_issues(rows)
        print("Nothing was written: this was a dry run.")


async def _tell(app: App, actor: Actor, number: int, counts: ImportCounts) -> None:
    print_counts(counts)
    await _tell_issues(app, actor, number, SHOWN_ISSUES)
    if counts.created or counts.updated:
        print(f"To take it back: cardfile import undo {number}")


async def _tell_issues(app: App, actor: Actor, number: int, limit: int) -> None:
    async with app.unit_of_work(actor) as work:
        told = await work.do("import.issues", done=number, first=limit)
    assert isinstance(told, ImportIssues)
    _print_issues([(one.address, one.column or "", one.outcome, one.message) for one in told.issues])
    if told.has_more:
        print(f"There are more: cardfile import show {number} --issues 1000\n")


def _print_issues(rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        print_table(("cell", "column", "row was", "what was noticed"), rows)
        print()


def print_counts(counts: ImportCounts) -> None:
    """Print all counts of an import, which add up."""
    rows: list[tuple[object, object]] = [("rows of data read", counts.read)]
    rows += [(f"  {one.value}", getattr(counts, one.value)) for one in Outcome]
    rows += [
        ("other rows", counts.ignored),
        ("  above the header, and the header", counts.ignored_above),
        ("  repeated headers", counts.ignored_headers),
        ("  totals", counts.ignored_totals),
        ("  names of groups", counts.ignored_asides),
        ("  blank", counts.ignored_blank),
    ]
    print_table(("", "number"), rows)
    print()


async def _undo(app: App, number: int, login: str | None) -> None:
    async with app.running():
        actor = await who(app, login, "import undo")
        rows = await _imports(app, actor, ids=[number])
        if rows and rows[0]["state"] in (ImportState.UPLOADED, ImportState.RUNNING):
            async with app.unit_of_work(actor) as work:
                await work.do("import.cancel", started=number)
        async with app.unit_of_work(actor) as work:
            done = await work.do("import.undo", done=number)
    assert isinstance(done, ImportUndone)
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
            *(row[f"rows_{one.value}"] for one in Outcome),
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
        await _tell_issues(app, actor, number, issues)


async def _imports(
    app: App, actor: Actor, *, ids: Sequence[int] | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    return await fetch_records(
        app.database, app.model, app.model["import"], actor.rights, now=app.clock.now(), ids=ids, limit=limit
    )
