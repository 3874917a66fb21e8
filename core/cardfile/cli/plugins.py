"""`cardfile plugins`."""

from typer import Typer

from cardfile.cli.opened import build_app
from cardfile.cli.tables import print_table
from cardfile.texts import said

program = Typer()


@program.command()
def plugins() -> None:
    """List the plugins in the order of loading, with what each adds."""
    app = build_app()
    print_table(
        ("name", "label", "version", "entities", "card fields", "commands", "jobs", "own commands"),
        (
            (
                one.name,
                said(one.label, app.settings.locale),
                one.version,
                len(one.entities),
                len(one.card_fields),
                len(one.commands),
                len(one.jobs),
                f"cardfile {one.name}" if one.cli() is not None else "",
            )
            for one in app.plugins
        ),
    )
