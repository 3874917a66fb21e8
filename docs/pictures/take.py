"""Takes the pictures of docs/import.md from a real run: a terminal, and the workbook that is given back.

Run it with the environment of the project: `python docs/pictures/take.py`. It needs tmux, LibreOffice (`soffice`)
and `pdftoppm`, and makes its own installation in a temporary folder.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from rich.console import Console
from rich.text import Text

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "core"))

from terminal import open_terminal  # noqa: E402  It is where the tests keep it.

from cardfile.app import App  # noqa: E402
from cardfile.rights import Actor  # noqa: E402
from cardfile.settings import Settings  # noqa: E402

HERE: Final = Path(__file__).parent
WIDTH: Final = 118

# That of rich names a font on a server of its own; a picture of ours asks nobody.
SVG: Final = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""

ROWS: Final = (
    ("Клиенты клуба «Атлант» на 1 ноября",),
    (),
    ("№", "ФИО", "Телефон", "E-mail", "ДР", "Цель", "Сколько раз в неделю", "Размер формы"),
    (1, "Иванова Анна Петровна", "8-916-111-22-33", "anna@example.com", "05.03.84", "похудеть", 3, "S"),
    (2, "Петров Пётр", 79262223344.0, None, date(1990, 2, 1), "сила", "2-3 раза", "L"),
    ("Постоянные клиенты",),
    (3, "ООО «Ромашка»", "8 (495) 123-45-67 доб. 12", "info@romashka.example", None, None, None, None),
    (4, "Сидорова Мария", "8 905 777-88-99, 8 903 000-11-22", None, "31.02.1990", "летать", 2, "M"),
    (5, None, None, None, "12.12.1980", None, None, "XL"),
    (6, "Анна Иванова", "+7 916 111-22-33", None, None, None, None, None),
    ("Итого:", 6),
)  # fmt: skip


def _write_list(path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Клиенты"
    for row in ROWS:
        page.append(list(row))
    page["A1"].font = Font(bold=True, size=14)
    for cell in page[3]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDEBF7")
    for letter, width in zip("ABCDEFGH", (5, 26, 34, 24, 12, 12, 22, 14), strict=True):
        page.column_dimensions[letter].width = width
    book.save(path)


async def _hire(app: App) -> None:
    await app.migrate()
    async with app.running(), app.unit_of_work(Actor.system("pictures")) as work:
        values = {"login": "maria@example.com", "name": "Maria"}
        await work.do("user.create", values=values, roles=["head"])


def _draw(screen: str, name: str, title: str) -> None:
    """Draw what a terminal shows, colours included."""
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"))  # noqa: SIM115
    for line in screen.rstrip().splitlines():
        console.print(Text.from_ansi(line), no_wrap=True, crop=True)
    console.save_svg(str(HERE / name), title=title, code_format=SVG, unique_id="screen")


def _photograph(path: Path, name: str, folder: Path) -> None:
    """Draw a workbook as LibreOffice shows it, all of its columns on one page."""
    book = load_workbook(path)
    for page in book.worksheets:
        page.page_setup.orientation = "landscape"
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        page.page_margins = PageMargins(left=0.2, right=0.2, top=0.2, bottom=0.2)
    book.save(folder / "picture.xlsx")
    subprocess.run(
        [
            "soffice",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(folder / "picture.xlsx"),
        ],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [
            "pdftoppm",
            "-png",
            "-r",
            "130",
            "-singlefile",
            "-H",
            "340",
            str(folder / "picture.pdf"),
            str(HERE / name),
        ],
        check=True,
    )


def main() -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        settings = Settings(
            database_url=f"sqlite:///{folder / 'cardfile.db'}", data_dir=folder / "data", plugins=("fitness",)
        )
        (folder / "data").mkdir()
        asyncio.run(_hire(App.build(settings)))
        _write_list(folder / "clients.xlsx")
        here = {
            "PATH": os.environ["PATH"],
            "CARDFILE_DATABASE_URL": settings.database_url,
            "CARDFILE_DATA_DIR": str(settings.data_dir),
            "CARDFILE_PLUGINS": "fitness",
            "CARDFILE_WORKER": "false",
        }
        command = [sys.executable, "-m", "cardfile", "import"]
        asked = [*command, "clients.xlsx", "--as", "maria@example.com"]
        with open_terminal(asked, folder=folder, surroundings=here, width=WIDTH, height=60) as terminal:
            terminal.await_text("What now")
            _draw(terminal.colours, "import-understood.svg", "cardfile import clients.xlsx")
            terminal.type("", "Enter")
            terminal.await_text("Import it")
            _, tried = terminal.colours.rsplit("What now", 1)
            _draw(tried.partition("\n")[2], "import-tried.svg", "tried out: nothing is written yet")
            terminal.type("", "Enter")
            terminal.await_text("To take it back")
        for word in ("result", "refused"):
            subprocess.run(
                [*command, word, "1", "-o", str(folder / f"{word}.xlsx")],
                check=True,
                env={**os.environ, **here},
            )
        _photograph(folder / "result.xlsx", "import-result", folder)


if __name__ == "__main__":
    main()
