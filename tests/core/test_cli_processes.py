"""The server and the worker as processes of their own: started, asked, stopped, killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

Start = Callable[..., "subprocess.Popen[str]"]

PATIENCE = 30.0


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return what starts `cardfile …` in an empty folder; what is left of it is killed afterwards."""
    (tmp_path / "cardfile.toml").write_text("plugins = []\n", encoding="utf-8")
    started: list[subprocess.Popen[str]] = []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CARDFILE_")}

    def run(*arguments: str) -> "subprocess.Popen[str]":
        program = "from cardfile.cli import main; main()"
        process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str) -> int:
    """Return the status of the first answer."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                return int(answer.status)
        except URLError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing answers at {address}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_answers_and_when_told_to_stop_comes_to_an_end_of_its_own(
    start: Start, number: signal.Signals, tmp_path: Path
) -> None:
    assert start("migrate").wait(PATIENCE) == 0
    port = free_port()
    server = start("serve", "--port", str(port))
    assert wait_for(f"http://127.0.0.1:{port}/health") == 200
    server.send_signal(number)
    output, _ = server.communicate(timeout=PATIENCE)
    # Not killed by the signal: it has waited for its jobs and closed the database, whose log is gone then.
    assert server.returncode == 0
    assert "Traceback" not in output
    assert not (tmp_path / "data" / "cardfile.db-wal").exists()


def test_a_port_that_is_taken_is_told_in_one_sentence(start: Start) -> None:
    assert start("migrate").wait(PATIENCE) == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = start("serve", "--port", str(port))
        output, _ = server.communicate(timeout=PATIENCE)
    assert server.returncode == 2
    assert f"Nothing can be served at 127.0.0.1:{port}" in output
    assert "Traceback" not in output


def test_the_worker_stops_when_told_and_says_so(start: Start) -> None:
    assert start("migrate").wait(PATIENCE) == 0
    worker = start("worker")
    assert worker.stdout is not None
    assert worker.stdout.readline().startswith("Working")
    worker.send_signal(signal.SIGTERM)
    output, _ = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0
    assert "Stopping." in output
