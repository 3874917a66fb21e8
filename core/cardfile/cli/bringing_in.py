"""A list brought in from a file, with a bar that shows how far it is; or only tried out."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

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
from typer import Exit, confirm

from cardfile.app import App
from cardfile.cli.import_told import SHOWN_ISSUES, print_counts, print_issues, tell_outcome
from cardfile.cli.people import find_user, who
from cardfile.cli.tables import print_table
from cardfile.errors import FileRefused
from cardfile.imports import (
    Choices,
    DuplicateMode,
    FileProbe,
    ImportCounts,
    ImportUndone,
    Wishes,
    WorkOptions,
    dry_run,
    find_unfinished,
    importable_type,
    keep_import,
    places_of,
    preview_columns,
    probe_file,
    require_reach,
    run_import,
    take_back,
    undone_of,
)
from cardfile.imports import Progress as Reached
from cardfile.journal import Call, Glance
from cardfile.rights import Actor

__all__ = ["Wanted", "bring_in", "try_out", "undo_here"]

PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for."""

    path: Path
    login: str | None
    owner: str | None
    wishes: Wishes
    duplicates: DuplicateMode
    asks: bool


async def _look(app: App, actor: Actor, wanted: Wanted) -> tuple[FileProbe, Choices]:
    """Show how the list is understood."""
    assign_to = await find_user(app, wanted.owner) if wanted.owner else None
    choices = Choices(wanted.wishes, wanted.duplicates, assign_to)
    record_type = importable_type(_call(app, actor), choices.entity)
    places = places_of(app.model, record_type, actor.rights)
    found = await probe_file(
        app.sheets, wanted.path, record_type, places, choices.wishes, locale=actor.locale
    )
    for sheet in found.chosen:
        header = f"header in row {sheet.header.row}" if sheet.header.row else "no header"
        print(f"{wanted.path.name}: sheet “{sheet.sheet.name}”, {header}\n")
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
                for one in preview_columns(sheet, places, actor.locale)
            ),
        )
        print()
    return found, choices


def _call(app: App, actor: Actor) -> Call:
    """Return the call of a look at the file, in which nothing is written."""
    return Call(Glance.of(app, actor), app.commands["import.preview"])


async def bring_in(app: App, wanted: Wanted) -> None:
    """Bring a list in: show how it is understood, ask, do it, tell what came of it."""
    async with app.running():
        actor = await who(app, wanted.login, "import")
        found, choices = await _look(app, actor, wanted)
        number = await _unfinished(app, actor, wanted, found, choices)
        if number is None:
            if wanted.asks and not confirm("Import it?", default=True):
                raise Exit(0)
            number = await _set_up(app, actor, wanted, found, choices)
        counts = await _run(app, number)
        await tell_outcome(app, actor, number, counts)


async def _unfinished(
    app: App, actor: Actor, wanted: Wanted, found: FileProbe, choices: Choices
) -> int | None:
    """Return the number of the same import that was cut off earlier, if there is one."""
    with wanted.path.open("rb") as file:
        fingerprint = file_digest(file, "sha256").hexdigest()
    kept = await find_unfinished(_call(app, actor), fingerprint, found, choices)
    if kept is None:
        return None
    print(f"Import {kept.id} of the same list was cut off: it goes on where it was.\n")
    return kept.id


async def _set_up(app: App, actor: Actor, wanted: Wanted, found: FileProbe, choices: Choices) -> int:
    stored = await app.access.files.put(
        _pieces(wanted.path),
        name=wanted.path.name,
        owner=actor.user,
        limit=app.settings.limits.upload_bytes,
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
        return await run_import(app, number, tell=_teller(bar))


def _teller(bar: Progress) -> Callable[[Reached], None]:
    task = bar.add_task("rows", total=None)

    def tell(reached: Reached) -> None:
        about = max(reached.about or 0, reached.row)
        bar.update(task, completed=reached.row, total=about or None)

    return tell


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


async def undo_here(app: App, actor: Actor, number: int) -> ImportUndone | None:
    """Take a large import back here and now, with a bar; return what came of it."""
    with _bar() as bar:
        done = await take_back(app, number, tell=_teller(bar))
    return None if done is None else await undone_of(_call(app, actor), done, is_over=True)


async def try_out(app: App, wanted: Wanted) -> None:
    """Show what would come of a list; nothing is written."""
    async with app.running():
        actor = await who(app, wanted.login, "import")
        found, choices = await _look(app, actor, wanted)
        plan, options = found.plan(), WorkOptions(choices.duplicates, choices.assign_to, remembers=True)
        require_reach(app, actor, choices.columns, plan)
        with _bar() as bar:
            async with app.sheets.open(wanted.path) as file:
                done = await dry_run(app, actor, file, plan, options, tell=_teller(bar))
        print_counts(done.counts)
        texts = app.texts(actor.locale)
        rows = [
            (issue.address, issue.column or "", one.outcome, issue.say(texts))
            for one in done.noted[:SHOWN_ISSUES]
            for issue in one.issues
        ]
        print_issues(rows)
        print("Nothing was written: this was a dry run.")
