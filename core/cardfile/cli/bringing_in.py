"""A list brought in from a file, with a bar that shows how far it is; or only tried out."""

from asyncio import CancelledError, sleep
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
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
from cardfile.cli.import_wizard import Settled, Verdict, Wizard
from cardfile.cli.people import find_user, who
from cardfile.cli.tables import print_table
from cardfile.errors import FileRefused, Refused
from cardfile.imports import (
    BEFORE_RUN,
    Choices,
    DuplicateMode,
    FileProbe,
    Halted,
    ImportCounts,
    ImportState,
    ImportUndone,
    Place,
    Stage,
    Wishes,
    WorkOptions,
    dry_run,
    find_unfinished,
    importable_type,
    keep_import,
    places_of,
    preview_columns,
    probe_file,
    recall,
    require_reach,
    run_import,
    take_back,
    undone_of,
)
from cardfile.imports import Progress as Reached
from cardfile.imports.kept_import import HALTED
from cardfile.journal import Call, Glance
from cardfile.query.rows import fetch_records
from cardfile.rights import Actor, Scope
from cardfile.texts import said

__all__ = ["Wanted", "bring_in", "try_out", "undo_here"]

PIECE: Final = 1 << 20
BESIDE_A_WORKER: Final = 0.5
"""How many seconds pass before somebody looks whether a worker has done what was to be done here."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for."""

    path: Path
    login: str | None
    owner: str | None
    wishes: Wishes
    duplicates: DuplicateMode
    entity: str
    asks: bool


async def _probe(app: App, actor: Actor, wanted: Wanted) -> tuple[FileProbe, Choices]:
    """Look at the list with the choices that were made for it."""
    assign_to = await find_user(app, wanted.owner) if wanted.owner else None
    choices = Choices(wanted.wishes, wanted.duplicates, assign_to, wanted.entity)
    places = _places(app, actor, wanted.entity)
    record_type = app.model[wanted.entity]
    memory = await recall(app, wanted.entity)
    found = await probe_file(
        app.sheets, wanted.path, record_type, places, choices.wishes, memory, locale=actor.locale
    )
    return found, choices


def _places(app: App, actor: Actor, entity: str) -> Mapping[str, Place]:
    return places_of(app.model, importable_type(_call(app, actor), entity), actor.rights)


async def _look(app: App, actor: Actor, wanted: Wanted) -> tuple[FileProbe, Choices]:
    """Show how the list is understood."""
    found, choices = await _probe(app, actor, wanted)
    places = _places(app, actor, wanted.entity)
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


async def _settle(app: App, actor: Actor, wanted: Wanted) -> tuple[FileProbe, Choices]:
    """Talk over how the list is to be understood, and try it out; raises `Exit` for somebody who leaves."""
    console = Console()
    entities = {
        one.key: said(one.entity.label, "en").lower() for one in app.model
        if one.entity.importable and actor.rights.scope(one.key, "import") is not Scope.NONE
    }  # fmt: skip
    wizard = Wizard(console, wanted.path, actor.locale, entities)
    before = wanted
    while True:
        try:
            found, choices = await _probe(app, actor, wanted)
        except Refused as error:
            if wanted == before:
                raise
            console.print(str(error), style="red", markup=False)
            wanted = before
            continue
        settled = _settled(wanted)
        places = _places(app, actor, wanted.entity)
        wizard.show(found, places, settled)
        step = wizard.ask(found, places, settled)
        if step.verdict is Verdict.GO_ON:
            try:
                await _dry_run(app, actor, wanted, found, choices)
            except Refused as error:
                console.print(str(error), style="red", markup=False)
                continue
            step = wizard.ask_to_run(settled)
            if step.verdict is Verdict.GO_ON:
                return found, choices
        if step.verdict is Verdict.LEAVE:
            print("Nothing was imported.")
            raise Exit(0)
        before, wanted = wanted, _wanting(wanted, step.settled)


def _settled(wanted: Wanted) -> Settled:
    wishes = wanted.wishes
    return Settled(
        wanted.entity, wanted.duplicates, wishes.sheets, wishes.header_row, wishes.mapping, wanted.owner
    )


def _wanting(wanted: Wanted, settled: Settled) -> Wanted:
    wishes = Wishes(settled.sheets, settled.header_row, settled.mapping)
    return replace(
        wanted, wishes=wishes, duplicates=settled.duplicates, owner=settled.owner, entity=settled.entity
    )


def _call(app: App, actor: Actor) -> Call:
    """Return the call of a look at the file, in which nothing is written."""
    return Call(Glance.of(app, actor), app.commands["import.preview"])


async def bring_in(app: App, wanted: Wanted) -> None:
    """Bring a list in: settle how it is understood, do it, tell what came of it."""
    async with app.running():
        actor = await who(app, wanted.login, "import")
        number = await _cut_off(app, actor, wanted) if wanted.asks else None
        if number is None:
            settle = _settle if wanted.asks else _look
            found, choices = await settle(app, actor, wanted)
            number = await _unfinished(app, actor, wanted, found, choices)
            if number is None:
                number = await _set_up(app, actor, wanted, found, choices)
        try:
            counts = await _run(app, number)
        except (KeyboardInterrupt, CancelledError):
            print(
                f"Stopped in import {number}; nothing is half done. The same command goes on with it; "
                f"to take it back: cardfile import undo {number}"
            )
            raise Exit(130) from None
        await tell_outcome(app, actor, number, counts)


async def _cut_off(app: App, actor: Actor, wanted: Wanted) -> int | None:
    """Return the number of the import of this file that was cut off, if somebody wants to go on with it."""
    cut_off = {
        "sha256": {"eq": _fingerprint(wanted.path)},
        "state": {"in": [one.value for one in (*BEFORE_RUN, ImportState.RUNNING)]},
        "stage": {"eq": Stage.RUN.value},
        "owner": {"id": {"eq": actor.user}} if actor.user is not None else {"isNull": True},
    }
    rows = await fetch_records(
        app.database, app.model, app.model["import"], actor.rights,
        now=app.clock.now(), filter=cut_off, order=("-id",), limit=1,
    )  # fmt: skip
    for row in rows:
        number = int(str(row["id"]))
        if confirm(
            f"Import {number} of this list was cut off after {row['rows_read']} rows: go on?", default=True
        ):
            return number
        await app.do(actor, "import.cancel", started=number)
    return None


def _fingerprint(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileRefused(
            "The file “{name}” cannot be opened: {reason}.", name=path.name, reason=error.strerror
        ) from None


async def _unfinished(
    app: App, actor: Actor, wanted: Wanted, found: FileProbe, choices: Choices
) -> int | None:
    """Return the number of the same import that was cut off earlier, if there is one."""
    kept = await find_unfinished(_call(app, actor), _fingerprint(wanted.path), found, choices)
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


async def undo_here(app: App, actor: Actor, number: int) -> ImportUndone:
    """Take a large import back here and now, with a bar, or wait for a worker that does; return what came of it."""
    with _bar() as bar:
        tell = _teller(bar)
        while True:
            try:
                done = await take_back(app, number, tell=tell)
            except Halted:
                await sleep(BESIDE_A_WORKER)
            else:
                break
    if done is None or done.done != done.records:
        raise Halted(HALTED)
    return await undone_of(_call(app, actor), done, is_over=True)


async def try_out(app: App, wanted: Wanted) -> None:
    """Show what would come of a list; nothing is written."""
    async with app.running():
        actor = await who(app, wanted.login, "import")
        found, choices = await _look(app, actor, wanted)
        await _dry_run(app, actor, wanted, found, choices)
        print("Nothing was written: this was a dry run.")


async def _dry_run(app: App, actor: Actor, wanted: Wanted, found: FileProbe, choices: Choices) -> None:
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
