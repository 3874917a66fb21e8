"""A plugin in a distribution of its own, found by its entry point; and one that is broken or goes."""

import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from cardfile.cli import main

Run = Callable[..., int]
Install = Callable[..., None]

YACHTS = '''
from piccolo.columns import ForeignKey, OnDelete, Text
from cardfile import (
    Call, CardField, Client, CreateTable, Entity, Field, Kind, Migration, Plugin, Record, command, hookimpl
)


class Yacht(Record, tablename="yachts_yacht"):
    """A yacht of a client."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    name = Text(null=False, default=None)


yachts = Entity(
    Yacht, "Yacht", "Yachts", on="client", fields=(Field("name", "Name", Kind.TEXT, required=True),)
)


@command("yacht.launch", label="Launch")
async def launch(call: Call, yacht: Yacht) -> Yacht:
    """Put a yacht to sea."""
    call.record("yachts.yacht.launched", yacht)
    return yacht


class YachtsPlugin(Plugin):
    name = "yachts"
    label = "Yacht club"
    requires = "cardfile>=0.1,<0.2"
    entities = (yachts,)
    card_fields = (
        CardField("berth", "Berth", Kind.TEXT, on="client", synonyms=("place",)),
        CardField("length", "Length, m", Kind.DECIMAL, on="client"),
        CardField("licence_until", "Licence until", Kind.DATE, on="client"),
    )
    commands = (launch,)
    grants = {"manager": {"yacht": "*:own"}}
    migrations = (Migration("0001_yachts", (CreateTable(Yacht),)),)

    def cli(self):
        import typer

        program = typer.Typer()

        @program.command()
        def greet() -> None:
            print("Ahoy")

        return program
'''


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what does a command line in an empty folder and gives its exit code."""
    monkeypatch.chdir(tmp_path)
    Path("cardfile.toml").write_text('plugins = ["yachts"]\n', encoding="utf-8")

    def do(*arguments: str) -> int:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        return int(end.value.code or 0)

    return do


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return what lays a distribution with one plugin where Python finds it, as pip would."""

    def lay(source: str, *, distribution: str = "yacht-club", plugin: str = "yachts") -> None:
        site = tmp_path / f"site-{distribution}"
        module = f"outside_{distribution.replace('-', '_')}"
        information = site / f"{distribution.replace('-', '_')}-1.2.dist-info"
        information.mkdir(parents=True)
        (site / f"{module}.py").write_text(dedent(source), encoding="utf-8")
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
        (information / "entry_points.txt").write_text(
            f"[cardfile.plugins]\n{plugin} = {module}:YachtsPlugin\n", encoding="utf-8"
        )
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(sys.modules, module, raising=False)

    return lay


@pytest.fixture(autouse=True)
def _forget_modules() -> None:
    for name in [name for name in sys.modules if name.startswith("outside_")]:
        del sys.modules[name]


def test_it_is_found_listed_and_migrated(
    run: Run, install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install(YACHTS)
    assert run("migrate") == 0
    done = capsys.readouterr().out
    assert "yachts: 0001_yachts" in done
    assert "card_yachts_client.berth" in done
    assert run("plugins") == 0
    listed = capsys.readouterr().out
    assert "Yacht club" in listed
    assert "1.2" in listed


def test_its_commands_are_in_the_command_line(
    run: Run, install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install(YACHTS)
    assert run("yachts") == 0
    assert capsys.readouterr().out == "Ahoy\n"


def test_it_is_in_the_schema(run: Run, install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install(YACHTS)
    Path("cardfile.toml").write_text('plugins = ["graphql", "yachts"]\n', encoding="utf-8")
    assert run("schema") == 0
    schema = capsys.readouterr().out
    for text in ("type YachtsYacht ", "berth", "licenceUntil", "yachtsYachtLaunch("):
        assert text in schema


def test_without_it_everything_else_works_and_nothing_of_it_shows(
    run: Run, install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install(YACHTS)
    run("migrate")
    Path("cardfile.toml").write_text("plugins = []\n", encoding="utf-8")
    capsys.readouterr()
    assert run("check") == 0
    assert "yachts" not in capsys.readouterr().out
    assert run("yachts") == 2


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        pytest.param(
            "    def cli(self):",
            "    @hookimpl\n    async def record_creatng(self): ...\n    def cli(self):",
            "yachts: there is no hook 'record_creatng'; did you mean 'record_creating'?",
            id="misspelt hook",
        ),
        pytest.param(
            'CardField("length"',
            'CardField("berth"',
            "yachts: the card field 'berth' on 'client' is declared twice: rename one",
            id="field clash",
        ),
        pytest.param(
            '"*:own"',
            '"read:own create:own edit:own archive:own"',
            "'launch' on 'yachts.yacht'",
            id="missing permission",
        ),
        pytest.param(
            "cardfile>=0.1,<0.2",
            "cardfile>=7",
            "yachts: it needs cardfile>=7, and this is cardfile",
            id="version",
        ),
        pytest.param(
            "from piccolo",
            "import no_such_thing\nfrom piccolo",
            "the plugin 'yachts' of yacht-club 1.2 cannot",
            id="import",
        ),
        pytest.param("(Plugin)", "(object)", "is no cardfile.Plugin class", id="no plugin"),
    ],
)
def test_what_is_wrong_with_it_stops_the_start_and_says_what_to_do(
    run: Run, install: Install, capsys: pytest.CaptureFixture[str], before: str, after: str, sentence: str
) -> None:
    assert before in YACHTS
    install(YACHTS.replace(before, after))
    assert run("check", "--declarations") == 2
    assert sentence in capsys.readouterr().err


def test_two_distributions_with_one_plugin_name_are_both_named(
    run: Run, install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install(YACHTS)
    install(YACHTS, distribution="boat-house")
    assert run("check", "--declarations") == 2
    assert (
        "two plugins are called 'yachts', one from boat-house 1.2, one from yacht-club 1.2"
        in capsys.readouterr().err
    )
