"""`cardfile migrate`."""

from typing import Annotated

from typer import Option, Typer

from cardfile.cli.opened import build_app, run

program = Typer()


@program.command()
def migrate(
    *,
    check: Annotated[
        bool, Option("--check", help="Only tell whether there is anything to do (exit code 5).")
    ] = False,
) -> None:
    """Bring the database up to date: run what is pending and add card fields, all in one transaction."""
    app = build_app()
    if check:
        run(app.check_migrated())
        print("The database is up to date.")
        return
    done = run(app.migrate())
    for one in done:
        print(one)
    print(f"Done: {len(done)} changes." if done else "The database is up to date.")
