"""Files made to do harm, or broken: each gets one sentence, its reader is gone, the parent lives."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hostile_files import CASES, corner_cell_under_cover, workbook

from cardfile.errors import FileRefused
from cardfile.spreadsheets.limits import MEGABYTE, FileLimits
from cardfile.spreadsheets.reader import SheetReaders
from cardfile.texts import Texts

pytestmark = pytest.mark.anyio

SECONDS = 15.0
PROCESSOR_SECONDS = 5.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def children() -> set[str]:
    """The processes that this one has started and that are still there, zombies included."""
    return {
        name for task in Path("/proc/self/task").iterdir() for name in (task / "children").read_text().split()
    }


def processor_time() -> float:
    """Seconds of the processor that the children of this process have used, once they are gone."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def read_through(path: Path, readers: SheetReaders) -> None:
    async with readers.open(path) as book:
        async for _ in book.rows(book.sheets[0]):
            pass


async def refusal(path: Path, limits: FileLimits | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        await read_through(path, SheetReaders(limits=limits))
    return caught.value


@pytest.mark.parametrize("name", CASES)
async def test_a_bad_file_gets_one_sentence_and_leaves_nothing_behind(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, sentence = CASES[name]
    # A folder of its own: other tests leave and take away what is theirs meanwhile.
    temporary = str(tmp_path_factory.mktemp("temporary"))
    monkeypatch.setattr(tempfile, "tempdir", temporary)
    monkeypatch.setenv("TMPDIR", temporary)
    path = tmp_path / "clients.xlsx"
    path.write_bytes(make())
    processes, begun, spent = children(), time.monotonic(), processor_time()

    error = await refusal(path)

    assert time.monotonic() - begun < SECONDS
    assert processor_time() - spent < PROCESSOR_SECONDS
    assert any(part in str(error) for part in sentence.split("|")), str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 250
    russian = error.say(Texts("ru"))
    assert russian != str(error)
    assert not any(letter in russian for letter in "{}")
    assert children() <= processes
    assert os.listdir(temporary) == []
    assert os.listdir(tmp_path) == ["clients.xlsx"]


async def test_a_file_above_the_size_limit_is_told_both_sizes(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(b"Name;Phone\n" * 200_000)
    error = await refusal(path, FileLimits(packed=2 * MEGABYTE))
    assert str(error) == "The file has 2.2 MB; at most 2 MB are read."


async def test_a_file_that_is_not_there_is_a_refusal_too(tmp_path: Path) -> None:
    assert "cannot be opened" in str(await refusal(tmp_path / "none.xlsx"))


async def test_a_reader_that_runs_out_of_memory_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    cells = "".join(f"<row r='{row}'><c r='Z{row}'><v>1</v></c></row>" for row in (1, 1_000_000))
    path.write_bytes(workbook(f"<row r='1'><c r='A1'><v>1</v></c></row>{cells}"))
    error = await refusal(path, FileLimits(memory=300 * MEGABYTE))
    assert "needs more than 300 MB" in str(error)


async def test_a_reader_that_calculates_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"1;2;3;4;5;6;7;8\n" * 1_500_000)
    error = await refusal(path, FileLimits(cpu_seconds=1))
    assert "takes longer than 1 seconds" in str(error)


async def test_a_reader_that_is_silent_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"Name;Phone\nAnn;1\n")
    before = children()
    error = await refusal(path, FileLimits(patience_seconds=0.001))
    assert "takes longer" in str(error)
    assert children() <= before


async def test_a_neighbour_goes_on_while_a_hostile_file_dies(tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(corner_cell_under_cover())
    (tmp_path / "good.csv").write_bytes(b"Name;Phone\n" + b"Ann;8 916 123-45-67\n" * 30_000)
    readers = SheetReaders()
    async with readers.open(tmp_path / "good.csv") as book:
        rows = book.rows(book.sheets[0], batch=1000)
        count = len(await anext(rows))
        with pytest.raises(FileRefused):
            await read_through(tmp_path / "bad.xlsx", readers)
        count += sum([len(batch) async for batch in rows])
    assert count == 30_001


WALLED_IN = """
import os, socket, subprocess, sys, types
sys.modules["cardfile"] = package = types.ModuleType("cardfile")
package.__path__ = [sys.argv[1]]
from cardfile.children.walls import stand_alone, wall_in
stand_alone(parent=os.getppid())
wall_in(memory=10**9, cpu_seconds=9)
deeds = {
    "fork": os.fork,
    "start a program": lambda: subprocess.run(["true"]),
    "become a program": lambda: os.execv("/bin/true", ["true"]),
    "call the shell": lambda: os.system("true"),
    "call out": lambda: socket.create_connection(("127.0.0.1", 5432), timeout=1),
    "write": lambda: os.write(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT), b"x"),
}
for name, deed in deeds.items():
    try:
        deed()
    except OSError:
        continue
    print(name)
"""


def test_the_reading_process_starts_nothing_calls_nobody_and_writes_nothing(tmp_path: Path) -> None:
    package = Path(__file__).parents[2] / "core" / "cardfile"
    told = subprocess.run(
        [sys.executable, "-c", WALLED_IN, str(package), str(tmp_path / "note.txt")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.stdout, told.stderr) == ("", "")
    assert not (tmp_path / "note.txt").exists() or not (tmp_path / "note.txt").read_bytes()
