"""`cardfile export`."""

from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
from typer import Argument, Option, Typer

from cardfile.app import App
from cardfile.cli.opened import build_app, operator, run
from cardfile.cli.users import find_user
from cardfile.errors import InvalidInput, Unauthenticated
from cardfile.model.kinds import Reading
from cardfile.rights import Actor
from cardfile.spreadsheets.exporting import Export
from cardfile.spreadsheets.writer import OutSheet, write_csv, write_workbook

program = Typer()


@program.command()
def export(
    target: Annotated[Path, Argument(help="The file to write, .xlsx or .csv.", dir_okay=False)],
    *,
    entity: Annotated[str, Option(help="What to export: client, fitness.visit.")] = "client",
    filter_: Annotated[
        str, Option("--filter", help='Which records, as JSON: {"standing": {"eq": "lead"}}.')
    ] = "{}",
    search: Annotated[str | None, Option(help="Only records that hold this text.")] = None,
    field: Annotated[
        list[str] | None, Option(help="A field to write: name, fitness.goal; may be given several times.")
    ] = None,
    as_: Annotated[str | None, Option("--as", help="With the rights of whoever signs in so.")] = None,
    locale: Annotated[str | None, Option(help="The language of the headings.")] = None,
) -> None:
    """Write records to a spreadsheet: typed, and safe to open."""
    if target.suffix.lower() not in {".xlsx", ".csv"}:
        raise InvalidInput("A spreadsheet is an .xlsx or a .csv, not {name}.", name=target.name)
    written = run(_export(build_app(), target, entity, _filter(filter_), search, field, as_, locale))
    print(f"{written} records written to {target}.")


def _filter(text: str) -> dict[str, Any]:
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInput("The filter is not JSON: {reason}.", reason=error) from None
    if not isinstance(given, dict):
        raise InvalidInput("The filter is not an object in curly braces.")
    return given


async def _export(
    app: App,
    target: Path,
    entity: str,
    filter_: dict[str, Any],
    search: str | None,
    fields: list[str] | None,
    login: str | None,
    locale: str | None,
) -> int:
    if entity not in app.model:
        raise InvalidInput(
            "There is no entity {entity}; there are: {known}.",
            entity=entity,
            known=", ".join(app.model.types),
        )
    async with app.running():
        actor = await _actor(app, login)
        now, settings = app.clock.now(), app.settings
        reading = Reading(
            today=now.date(),
            locale=locale or settings.locale,
            zone=settings.zone,
            region=settings.region,
            currency=settings.currency,
        )
        sheet = Export(
            app.database, app.model, app.model[entity], actor, now=now, paths=fields, reading=reading
        )
        rows = sheet.rows(filter=filter_ or None, search=search)
        zone = ZoneInfo(settings.zone)
        if target.suffix.lower() == ".csv":
            with target.open("wb") as file:
                return await write_csv(file, sheet.columns, rows, zone=zone)
        return await write_workbook(target, [OutSheet(sheet.title, sheet.columns, rows, zone=zone)])


async def _actor(app: App, login: str | None) -> Actor:
    if login is None:
        return operator("export")
    actor = await app.access.actor(await find_user(app, login), via="cli")
    if actor is None:
        raise Unauthenticated("{login} is not let in: the account is closed.", login=login)
    return actor
