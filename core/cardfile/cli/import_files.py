"""`cardfile import result` and `cardfile import refused`: a list given back."""

from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option, Typer

from cardfile.app import App
from cardfile.cli.opened import build_app, run
from cardfile.cli.people import who
from cardfile.errors import FileRefused, NotFound
from cardfile.imports.returned import Given, write_refused, write_result
from cardfile.query.rows import fetch_records
from cardfile.rights import Actor

__all__ = ["add_to"]

Number = Annotated[str, Argument(metavar="ID", help="The import, as `cardfile import list` shows it.")]
Output = Annotated[Path, Option("--output", "-o", metavar="FILE", help="Where to: an xlsx file.")]
Login = Annotated[str | None, Option("--as", metavar="LOGIN", help="Who gets it: his rights hold.")]


def add_to(program: Typer) -> None:
    """Add the commands of this module to `cardfile import`."""
    program.command()(result)
    program.command()(refused)


def result(number: Number, output: Output, *, as_: Login = None) -> None:
    """Give the imported list back with a result for each row: cardfile import result 3 -o result.xlsx."""
    given = run(_result(build_app(), number, output, as_))
    told = {
        Given.OWN: "your workbook, with two columns more and colours at its cells",
        Given.COPY: "a copy of the cells of your list, with two columns more",
    }
    print(f"{output} is {told[given]}.")


def refused(number: Number, output: Output, *, as_: Login = None) -> None:
    """Write the rows that were refused, to be corrected and imported again."""
    written = run(_refused(build_app(), number, output, as_))
    print(f"{written} {'row is' if written == 1 else 'rows are'} in {output}: correct them and import it.")


async def _result(app: App, number: str, output: Path, login: str | None) -> Given:
    async with app.running():
        actor = await who(app, login, "import result")
        return await write_result(app, actor, await _import(app, actor, number), _sheet(output))


async def _refused(app: App, number: str, output: Path, login: str | None) -> int:
    async with app.running():
        actor = await who(app, login, "import refused")
        return await write_refused(app, actor, await _import(app, actor, number), _sheet(output))


def _sheet(output: Path) -> Path:
    if output.suffix.lower() != ".xlsx":
        raise FileRefused("Write to a file that ends with .xlsx, not {name}.", name=output.name)
    return output


async def _import(app: App, actor: Actor, number: str) -> dict[str, Any]:
    digits = number.removeprefix("import_")
    ids = [int(digits)] if digits.isdigit() and len(digits) <= 18 else []
    rows = await fetch_records(
        app.database, app.model, app.model["import"], actor.rights, now=app.clock.now(), ids=ids
    )
    if not rows:
        raise NotFound("There is no import {id}: see `cardfile import list`.", id=number)
    return rows[0]
