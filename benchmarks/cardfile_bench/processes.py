"""The processes of a measurement: the server, the load driver, and the time that server and database take."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

__all__ = ["Driver", "Server", "backend_times", "driver", "serving", "start"]

PACKAGE = "cardfile_bench"


class Server:
    """A running server under measurement."""

    def __init__(self, told: Mapping[str, Any], url: str) -> None:
        self.port: int = told["port"]
        self.tokens: Mapping[str, str] = told["tokens"]
        self.clients: Mapping[str, int] = told["clients"]
        self._database = urlsplit(url).path.strip("/") if url.startswith("postgresql") else None

    def ask(
        self, path: str, body: Mapping[str, object] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Return the JSON that a path answers with."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        # A new connection each time: the server closes one that says nothing for a few seconds.
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=120)) as connection:
            connection.request("POST", path, json.dumps(body or {}), sent)
            return json.loads(connection.getresponse().read())

    def rungs(self) -> Mapping[str, int]:
        """Return by which way the product has answered its documents."""
        found: Mapping[str, int] = self.ask("/told")["rungs"]
        return found

    def cpu(self) -> Mapping[int, int]:
        """Return the CPU time of the server (as process 0) and of the database's processes, in nanoseconds."""
        found = {0: int(self.ask("/told")["ns"])}
        if self._database is not None:
            found |= backend_times(self._database)
        return found


def backend_times(database: str) -> dict[int, int]:
    """Return the CPU time of the PostgreSQL processes that serve `database`; none when they run elsewhere."""
    found: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes()
            if line.startswith(b"postgres:") and f" {database} ".encode() in line:
                found[int(folder.name)] = int((folder / "schedstat").read_text(encoding="ascii").split()[0])
        except (OSError, ValueError):
            continue  # it has ended in the meantime
    return found


class Driver:
    """A load driver in its own process."""

    def __init__(self, process: "subprocess.Popen[str]", server: Server) -> None:
        self._process, self._server = process, server

    def load(
        self,
        path: str,
        body: Mapping[str, object],
        headers: Mapping[str, str],
        connections: int,
        requests: int,
    ) -> float:
        """Send requests and return the median of their times in milliseconds; raises when one went wrong."""
        order = {
            "port": self._server.port,
            "path": path,
            "body": json.dumps(body),
            "headers": dict(headers),
            "connections": connections,
            "requests": requests,
        }
        done = json.loads(_exchange(self._process, json.dumps(order)))
        if done["bad"]:
            raise RuntimeError(f"{done['bad']} of {requests} requests to {path} were not answered with 200")
        return float(done["p50"])


def _exchange(process: "subprocess.Popen[str]", line: str) -> str:
    _pipe(process.stdin).write(line + "\n")
    _pipe(process.stdin).flush()
    return _pipe(process.stdout).readline()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("the process was started without pipes")
    return pipe


@contextmanager
def start(module: str, *args: str) -> "Iterator[subprocess.Popen[str]]":
    """Run a module of the benchmarks as a process; it is ended by the end of its input, or by force."""
    command = [sys.executable, "-m", f"{PACKAGE}.{module}", *args]
    roots = [path for path in sys.path if path]
    environment = {"PYTHONPATH": ":".join(roots), "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        yield process
    finally:
        _pipe(process.stdin).close()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _pipe(process.stdout).close()


@contextmanager
def serving(url: str, folder: Path) -> Iterator[Server]:
    """Run a server over a database that is there."""
    with start("server", url, str(folder)) as process:
        line = _pipe(process.stdout).readline()
        if not line:
            raise RuntimeError("the server under measurement did not start; its own words are above")
        yield Server(json.loads(line), url)


@contextmanager
def driver(server: Server) -> Iterator[Driver]:
    """Run a load driver against a server."""
    with start("driver") as process:
        yield Driver(process, server)
