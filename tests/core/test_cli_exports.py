"""Exports from the command line: typed, under rights, and safe to open."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cardfile.cli import main
from cardfile.cli.opened import build_app, operator
from cardfile.cli.opened import run as run_async

Run = Callable[..., int]

PASSWORD = "ladder-blue-42"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what does a command line in a folder with a fresh database, and gives its exit code."""
    monkeypatch.chdir(tmp_path)
    Path("cardfile.toml").write_text("plugins = []\n", encoding="utf-8")

    def do(*arguments: str) -> int:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        return int(end.value.code or 0)

    do("migrate")
    return do


async def _fill() -> None:
    app = build_app()
    async with app.running(), app.unit_of_work(operator("test")) as work:
        ann = await work.do("user.create", values={"name": "Ann", "login": "ann@example.com"}, roles=["head"])
        await work.do(
            "client.create",
            values={
                "name": "=1+1",
                "birthday": "1990-02-03",
                "phones": ["8 916 123-45-67", "+7 495 000-11-22"],
                "owner": ann,
            },
        )
        await work.do("client.create", values={"name": "Boris Belov", "comment": "a line"})


@pytest.fixture
def filled(run: Run) -> Run:
    """The same, with a user and two clients."""
    run_async(_fill())
    return run


def test_values_keep_their_types_and_formulas_are_texts(filled: Run) -> None:
    fields = ("name", "birthday", "owner", "phones")
    assert filled("export", "clients", "c.xlsx", "--fields", ",".join(fields)) == 0
    sheet = load_workbook("c.xlsx").active
    assert sheet is not None
    head, first, second = sheet.iter_rows()
    assert [cell.value for cell in head] == ["Name", "Birthday", "Manager", "Phones"]
    assert (first[0].value, first[0].data_type) == ("=1+1", "s")
    assert first[1].value == datetime(1990, 2, 3)  # noqa: DTZ001  A date has no zone.
    assert first[2].value == "Ann"
    assert first[3].value == "+7 916 123-45-67; +7 495 000-11-22"
    assert [cell.value for cell in second] == ["Boris Belov", None, None, None]


def test_a_filter_and_a_search_narrow_the_export(filled: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert filled("export", "clients", "c.csv", "--filter", '{"name": {"startsWith": "Bor"}}') == 0
    assert "1 record is in c.csv" in capsys.readouterr().out
    assert filled("export", "clients", "c.csv", "--search", "916123") == 0
    assert "1 record is in c.csv" in capsys.readouterr().out


def test_an_export_has_the_rights_of_whom_it_is_made_for(
    filled: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    filled("user", "create", "eve@example.com", "--role", "analyst", "--password", PASSWORD)
    capsys.readouterr()
    assert filled("export", "clients", "c.csv", "--as", "eve@example.com") == 3
    assert "may not" in capsys.readouterr().err
    assert not Path("c.csv").exists()


def test_what_does_not_exist_is_not_found(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", "cliants", "c.csv") == 4
    assert "There are no cliants; there are:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(("clients", "c.pdf"), "c.pdf", id="suffix"),
        pytest.param(("clients", "c.csv", "--filter", "{"), "The filter is no JSON", id="json"),
        pytest.param(("clients", "c.csv", "--filter", "[]"), "must be an object", id="no object"),
        pytest.param(("clients", "c.csv", "--fields", "nam"), "nam", id="field"),
        pytest.param(("clients", "c.csv", "--filter", '{"nam": {"eq": "x"}}'), "nam", id="filter field"),
    ],
)
def test_a_mistake_is_one_sentence(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert run("export", *arguments) == 3
    assert sentence in capsys.readouterr().err


def test_a_template_is_filled_in_imported_and_given_back(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("template", "clients", "-o", "t.xlsx") == 0
    assert "t.xlsx has" in capsys.readouterr().out
    book = load_workbook("t.xlsx")
    page = book.worksheets[0]
    for row, values in enumerate([{"Name": "Ann", "Phones": "8 916 123-45-67"}, {"City": "Tula"}], 2):
        for cell in page[1]:
            if str(cell.value).removesuffix(" *") in values:
                page.cell(row=row, column=cell.column, value=values[str(cell.value).removesuffix(" *")])
    book.save("t.xlsx")
    assert run("import", "t.xlsx", "--yes") == 0
    capsys.readouterr()
    assert run("import", "result", "1", "-o", "result.xlsx") == 0
    assert "result.xlsx is your workbook" in capsys.readouterr().out
    result = load_workbook("result.xlsx").worksheets[0]
    told = [[cell.value for cell in row[-2:]] for row in result.iter_rows()]
    assert [row[0] for row in told] == ["Import result", "Created", "Refused"]
    assert run("import", "refused", "1", "-o", "refused.xlsx") == 0
    assert "1 row is in refused.xlsx" in capsys.readouterr().out
    (_, row) = load_workbook("refused.xlsx").worksheets[0].iter_rows(values_only=True)
    assert ("Tula" in row, row[-2]) == (True, 3)
    for words in (("import", "result", "9", "-o", "x.xlsx"), ("template", "users", "-o", "x.xlsx")):
        assert run(*words) in (3, 4)
        assert capsys.readouterr().err.count("\n") == 1
    assert run("import", "result", "1", "-o", "x.csv") == 3
