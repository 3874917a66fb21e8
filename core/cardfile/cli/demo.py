"""`cardfile demo`."""

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Annotated, Any, Final

import orjson
from typer import Option, Typer

from cardfile.access import TokenScopes
from cardfile.app import App
from cardfile.cli.opened import build_app, fetch, run
from cardfile.cli.serve import serve_app
from cardfile.cli.tables import print_table
from cardfile.errors import SettingsError
from cardfile.plugins import Demo, Plugin
from cardfile.plugins.loader import find_plugins
from cardfile.settings import Settings

program = Typer()

SEED: Final = 7
USUAL: Final = "fitness"
"""The edition that is shown when nobody asks for another one."""

QUERY: Final = "{ clients(first: 3) { totalCount nodes { id name owner { name } } } }"
UNFINISHED: Final[dict[str, Any]] = {}

Card = dict[str, Any]
"""What is remembered of a demo: who can sign in, a token, a query."""


@program.command()
def demo(
    *,
    serve: Annotated[bool, Option("--serve", help="Serve the API and do the jobs afterwards.")] = False,
    reset: Annotated[bool, Option("--reset", help="Throw away what is there and begin anew.")] = False,
    edition: Annotated[
        str | None, Option(help="The trade to show: fitness, windows or another installed edition.")
    ] = None,
    size: Annotated[
        int | None, Option(help="How many clients or deals to make.", min=10, max=200_000)
    ] = None,
    port: Annotated[int | None, Option(help="The port to listen on.", min=0, max=65535)] = None,
) -> None:
    """Fill a database with made-up data once, then show how to sign in and what to ask."""
    settings = Settings.load()
    path = settings.data_dir / "demo.json"
    card = orjson.loads(path.read_bytes()) if path.exists() else None
    if reset and card is None:
        raise SettingsError(f"{path} does not exist: there is no demo here to throw away.")
    shown, others = _choose(settings, edition, None if card is None or reset else card.get("edition"))
    given: dict[str, Any] = {} if port is None else {"port": port}
    if others:
        given["disabled_plugins"] = (*settings.disabled_plugins, *others)
    app = build_app(**given)
    if card is not None and (reset or card == UNFINISHED):
        _throw_away(app, path)
        card = None
    if card is None:
        card = run(_make(app, path, shown, size))
    else:
        run(app.migrate())
    _show(app, card, others)
    if serve:
        # A new app: the old one has lived on another event loop.
        run(serve_app(build_app(**given)))


def _choose(settings: Settings, wanted: str | None, made: str | None) -> tuple[str | None, list[str]]:
    """Return the edition to show, and those to leave out: trades do not mix in one company.

    Raises `SettingsError` for an edition that is not installed, and for another one than the demo `made` here.
    """
    found = [one.plugin.name for one in find_plugins(settings) if one.plugin.is_edition]
    if wanted is not None and wanted not in found:
        known = ", ".join(found) or "none"
        raise SettingsError(f"There is no edition {wanted!r} to show; installed and enabled are: {known}.")
    if wanted is not None and made not in (None, wanted):
        raise SettingsError(
            f"The demo here is of the edition {made!r}: throw it away with --reset, or name another folder by "
            "CARDFILE_DATA_DIR."
        )
    shown = wanted or made or (USUAL if USUAL in found else next(iter(found), None))
    return shown, [one for one in found if one != shown]


async def _make(app: App, path: Path, edition: str | None, size: int | None) -> Card:
    """Make the demo's data and return its card; a demo that was cut off leaves an unfinished one."""
    await app.migrate()
    async with app.running():
        if await fetch(app, "user", limit=1):
            raise SettingsError(
                "The database has people in it already, and a demo would mix with them: name another one by "
                "CARDFILE_DATA_DIR or CARDFILE_DATABASE_URL."
            )
        _keep(path, UNFINISHED)
        usual = next((one.demo_size for one in app.plugins if one.name == edition), Plugin.demo_size)
        made = Demo(app=app, random=Random(SEED), now=app.clock.now(), size=size or usual, say=_say)
        for plugin in app.plugins:
            await plugin.demo(made)
        issued = await app.access.tokens.issue(made.users("owner")[0], "demo", TokenScopes.parse(["*:*"]))
    card = {
        "edition": edition,
        "sign_ins": [asdict(one) for one in made.sign_ins],
        "token": issued.key,
        "query": made.queries[-1] if made.queries else QUERY,
    }
    _keep(path, card)
    return card


def _keep(path: Path, card: Card) -> None:
    # Readable by nobody else: it holds the way in.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(orjson.dumps(card, option=orjson.OPT_INDENT_2))


def _throw_away(app: App, path: Path) -> None:
    """Remove what a demo has made in the data folder, and nothing else."""
    folder = app.settings.data_dir
    if app.settings.database_url != f"sqlite:///{folder}/cardfile.db":
        raise SettingsError(
            f"The demo is not in {folder / 'cardfile.db'}, so it is not thrown away from here: "
            f"drop that database by its own means, and remove {path}."
        )
    for name in ("cardfile.db", "queue.db"):
        for end in ("", "-wal", "-shm"):
            (folder / f"{name}{end}").unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        shutil.rmtree(folder / "files")
    path.unlink()


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _show(app: App, card: Card, left_out: Sequence[str]) -> None:
    """Print the address, who can sign in, a query to paste and a line for the shell."""
    address = f"{app.settings.base_url}/graphql"
    request = orjson.dumps({"query": card["query"]}).decode()
    print(f"Open {address} and sign in as one of these:\n")
    print_table(
        ("e-mail", "password", "role"),
        ((one["email"], one["password"], one["role"]) for one in card["sign_ins"]),
    )
    print(f"\nA query to paste:\n\n{card['query']}\n\nThe same from the shell:\n")
    print(
        f"curl -s {address} -H {shlex.quote('Authorization: Bearer ' + card['token'])} "
        f"-H 'Content-Type: application/json' -d {shlex.quote(request)}\n",
        flush=True,
    )
    if left_out:
        print(
            f"Only the edition {card.get('edition')} is shown. For other commands on this demo:\n\n"
            f"export CARDFILE_DISABLED_PLUGINS={','.join(app.settings.disabled_plugins)}\n",
            flush=True,
        )
