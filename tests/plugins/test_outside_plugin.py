"""A plugin from outside: installed by pip it is there everywhere, uninstalled it is gone and its data kept."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "yacht_club"

Done = subprocess.CompletedProcess[str]
Cardfile = Callable[..., Done]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip installed the example, as into any environment."""
    source = tmp_path_factory.mktemp("source") / "yacht_club"
    shutil.copytree(EXAMPLE, source)
    target = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(target)]
    pip = [sys.executable, "-m", "pip", "install"]
    subprocess.run([*pip, *options, str(source)], check=True, capture_output=True, text=True)
    return target


@pytest.fixture
def cardfile(tmp_path: Path, site: Path) -> Cardfile:
    """Return what runs the command line in an empty folder, with the plugin installed unless told otherwise."""

    def run(*arguments: str, installed: bool = True, code: int = 0, **environment: str) -> Done:
        paths = [str(site)] if installed else []
        variables = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "CARDFILE_DATA_DIR": str(tmp_path / "data"),
            "CARDFILE_DATABASE_URL": f"sqlite:///{tmp_path / 'data' / 'cardfile.db'}",
            "COLUMNS": "200",
            **environment,
        }
        done = subprocess.run(
            [sys.executable, "-m", "cardfile", *arguments],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    return run


def test_its_fields_and_types_are_in_the_schema_everywhere(cardfile: Cardfile) -> None:
    schema = cardfile("schema").stdout
    for expected in (
        "type YachtClubBoat implements Node",
        "type YachtClubClientCard",
        "input YachtClubClientCardFilter",
        "input YachtClubClientCardInput",
        "yachtClub: YachtClubClientCard!",
        "YACHT_CLUB_FEE",
        "yachtClubBoats(",
        "yachtClubBoatMoor(",
        "input YachtClubBoatMoorInput",
        "type YachtClubBoatMoorPayload",
    ):
        assert expected in schema, expected
    assert "YachtClub" not in cardfile("schema", installed=False).stdout


def test_its_contract_holds(site: Path, tmp_path: Path) -> None:
    shutil.copy(EXAMPLE / "test_yacht_club.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_yacht_club.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_uninstalling_hides_its_fields_and_keeps_its_data(cardfile: Cardfile, tmp_path: Path) -> None:
    cardfile("migrate")
    (tmp_path / "clients.csv").write_text(
        "ФИО;Телефон;Удостоверение;Опыт;Взнос\nАнна Петрова;8-916-123-45-67;В-17;skipper;12 500\n"
    )
    cardfile("import", "clients.csv", "--yes")
    cardfile("export", "clients", "with.csv")
    told = (tmp_path / "with.csv").read_text(encoding="utf-8-sig")
    assert "В-17" in told
    assert ";12500.00;" in told
    cardfile("export", "clients", "without.csv", installed=False)
    assert "В-17" not in (tmp_path / "without.csv").read_text(encoding="utf-8-sig")
    cardfile("check", installed=False)
    cardfile("export", "clients", "again.csv")
    assert (tmp_path / "again.csv").read_text(encoding="utf-8-sig") == told


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param(
            "    @hookimpl\n    async def record_creatng(self, call: Call, entity: str) -> None: ...\n",
            ["'record_creatng'", "record_creating"],
            id="a misspelt hook",
        ),
        pytest.param(
            '    card_fields = (CardField("fee", "Fee", Kind.MONEY, on="client"),) * 2\n',
            ["'fee'", "twice", "rename"],
            id="a clash of fields",
        ),
        pytest.param("    grants = {}\n", ["boat.moor", "grant"], id="a missing permission"),
    ],
)
def test_a_wrong_declaration_stops_the_start_with_a_sentence(
    cardfile: Cardfile, site: Path, tmp_path: Path, lines: str, words: list[str]
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(site, broken)
    module = broken / "cardfile_yacht_club.py"
    text = module.read_text(encoding="utf-8").replace(
        "from cardfile import", "from cardfile import hookimpl\nfrom cardfile import", 1
    )
    module.write_text(text + lines, encoding="utf-8")
    done = cardfile("check", installed=False, code=2, PYTHONPATH=str(broken))
    told = " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in told
    assert "yacht_club" in told
    for word in words:
        assert word in told


def test_a_clash_of_two_plugins_names_both(cardfile: Cardfile, site: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin"
    twin.mkdir()
    text = (
        (site / "cardfile_yacht_club.py")
        .read_text(encoding="utf-8")
        .replace("yacht_club_boat", "harbour_boat")
    )
    (twin / "cardfile_harbour.py").write_text(text, encoding="utf-8")
    info = twin / "cardfile_harbour-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cardfile-harbour\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[cardfile.plugins]\nyacht_club = cardfile_harbour:YachtClub\n")
    done = cardfile("check", installed=False, code=2, PYTHONPATH=os.pathsep.join([str(site), str(twin)]))
    told = done.stdout + done.stderr
    assert "cardfile-harbour" in told
    assert "cardfile-yacht-club" in told
