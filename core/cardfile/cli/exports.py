"""`cardfile export`: a list taken away, with a bar that shows how far it is."""

from pathlib import Path
from typing import Annotated, Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from typer import Argument, Option, Typer

from cardfile.app import App
from cardfile.cli.opened import build_app, run
from cardfile.cli.people import who
from cardfile.errors import InvalidInput
from cardfile.exports import count_exported, export_records, type_named

program = Typer()


@program.command()
def export(
    records: Annotated[str, Argument(metavar="RECORDS", help="What to export: clients, fitness_visits, …")],
    path: Annotated[Path, Argument(metavar="FILE", help="Where to: a file ending with .xlsx or .csv.")],
    *,
    filter_: Annotated[
        str | None,
        Option("--filter", metavar="JSON", help='As in the API: \'{"standing": {"eq": "active"}}\'.'),
    ] = None,
    search: Annotated[str | None, Option(help="Only what a search for this text finds.")] = None,
    as_: Annotated[
        str | None, Option("--as", metavar="LOGIN", help="Who exports: only what he may see and take away.")
    ] = None,
    fields: Annotated[
        list[str] | None, Option(help="A field by its path or label; several by commas or repetition.")
    ] = None,
) -> None:
    """Export records to a spreadsheet: cardfile export clients out.xlsx."""
    wanted = [part.strip() for text in fields or [] for part in text.split(",") if part.strip()]
    written = run(_export(build_app(), records, path, _read_filter(filter_), search, as_, wanted))
    print(f"{written} {'record is' if written == 1 else 'records are'} in {path}.")


def _read_filter(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInput("The filter is no JSON: {reason}.", reason=error) from None
    if not isinstance(found, dict):
        raise InvalidInput(
            "The filter must be an object, such as {example}.", example='{"name": {"eq": "Anna"}}'
        )
    return found


async def _export(
    app: App,
    records: str,
    path: Path,
    wanted: dict[str, Any] | None,
    search: str | None,
    login: str | None,
    fields: list[str],
) -> int:
    async with app.running():
        actor = await who(app, login, "export")
        record_type = type_named(app.model, records)
        with _bar() as bar:
            task = bar.add_task("records", total=None)

            async def tell(read: int) -> None:
                bar.update(task, completed=read)

            if not bar.disable:
                about = await count_exported(
                    app, actor, record_type, filter=wanted, search=search,
                    is_sheet=path.suffix.lower() == ".xlsx",
                )  # fmt: skip
                bar.update(task, total=about)
            return await export_records(
                app, actor, record_type, path, filter=wanted, search=search, fields=fields, tell=tell
            )


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.completed:.0f} records"),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
