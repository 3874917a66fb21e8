"""`cardfile template`."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from cardfile.app import App
from cardfile.cli.opened import build_app, run
from cardfile.cli.people import who
from cardfile.exports import require_template, write_template

program = Typer()


@program.command()
def template(
    records: Annotated[str, Argument(metavar="RECORDS", help="Of what: clients, deals, …")],
    output: Annotated[Path, Option("--output", "-o", metavar="FILE", help="Where to: an xlsx file.")],
    *,
    as_: Annotated[
        str | None, Option("--as", metavar="LOGIN", help="Who will fill it in: only the fields that he may.")
    ] = None,
) -> None:
    """Write an empty list to be filled in and imported: cardfile template clients -o clients.xlsx."""
    columns = run(_template(build_app(), records, output, as_))
    print(f"{output} has {columns} columns: fill it in and import it.")


async def _template(app: App, records: str, output: Path, login: str | None) -> int:
    async with app.running():
        actor = await who(app, login, "template")
        return await write_template(app, actor, require_template(app, actor, records), output)
