"""`cardfile schema`."""

from pathlib import Path
from typing import Annotated

from typer import Option, Typer

from cardfile.cli.opened import build_app, run
from cardfile.errors import FileRefused, SettingsError
from cardfile.plugins.hookspecs import which_schema

program = Typer()


@program.command()
def schema(
    *,
    output: Annotated[Path | None, Option("--output", "-o", help="Write to a file.", dir_okay=False)] = None,
) -> None:
    """Print the GraphQL schema of the core and all loaded plugins."""
    app = build_app()
    text = run(app.hooks.first(which_schema, app=app))
    if text is None:
        raise SettingsError("No loaded plugin offers a schema: enable the plugin 'graphql'.")
    if output is None:
        print(text.rstrip())
    else:
        try:
            output.write_text(text.rstrip() + "\n", encoding="utf-8")
        except OSError as error:
            raise FileRefused(
                "The file “{name}” cannot be written: {reason}.", name=output, reason=error.strerror or error
            ) from None
