"""Servers and workers as real processes that are killed at will, over one database and one queue.

Starting Python and importing Cardfile takes seconds; here one process has imported everything and forks itself
for every server and worker that is wanted, which then does `cardfile serve` or `cardfile worker` as always.
"""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from httpx2 import AsyncClient, ConnectError, HTTPError

from cardfile.app import App
from cardfile.failpoints import VARIABLE
from cardfile.plugins import Plugin
from cardfile.settings import Settings

HERE = Path(__file__).parent
PATIENCE = 0.5
Check = Callable[[App], Awaitable[list[str]]]


class Forge:
    """The process that forks the others, and knows how they ended."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "import crash_house; crash_house.fork_on_demand()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])},
            text=True,
        )

    def ask(self, **wish: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it; whatever it forked ends with it."""
        self._process.communicate()


def fork_on_demand() -> None:
    """Read wishes from standard input, one a line, until it is closed; then kill what is left."""
    import crash_mill  # noqa: F401, PLC0415  Imported once, before the forks.
    import crash_trade  # noqa: F401, PLC0415

    import cardfile.cli.program  # noqa: PLC0415
    import cardfile.cli.serve  # noqa: PLC0415
    import cardfile.cli.worker  # noqa: F401, PLC0415
    import cardfile_documents.plugin  # noqa: F401, PLC0415
    import cardfile_graphql.plugin  # noqa: F401, PLC0415

    alive: set[int] = set()
    for line in sys.stdin:
        wish = json.loads(line)
        if "arguments" in wish:
            number = os.fork()
            if number == 0:
                _be(wish)
            alive.add(number)
            answer: object = number
        else:
            found, status = os.waitpid(wish["end_of"], 0 if wish["wait"] else os.WNOHANG)
            alive.discard(found)
            answer = os.waitstatus_to_exitcode(status) if found else None
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for number in alive:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def _be(wish: Mapping[str, Any]) -> None:
    """Become the process that was wished for."""
    log = os.open(wish["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    null = os.open(os.devnull, os.O_RDONLY)
    for number, source in ((0, null), (1, log), (2, log)):
        os.dup2(source, number)
    os.chdir(wish["folder"])
    for name in [name for name in os.environ if name.startswith("CARDFILE_")]:
        del os.environ[name]
    os.environ.update(wish["environment"])
    sys.path.insert(0, wish["site"])
    code = 1
    try:
        from cardfile.cli.program import main  # noqa: PLC0415

        main(wish["arguments"])
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.stdout.flush()
        os._exit(code)


@dataclass(slots=True)
class Process:
    """One server or worker."""

    forge: Forge
    number: int
    what: str
    port: int | None = None
    code: int | None = None

    def kill(self) -> None:
        if self.ended() is None:
            os.kill(self.number, signal.SIGKILL)
            self.code = self.forge.ask(end_of=self.number, wait=True)

    def ended(self) -> int | None:
        """Return the exit code, None while it lives."""
        if self.code is None:
            self.code = self.forge.ask(end_of=self.number, wait=False)
        return self.code


@dataclass(slots=True)
class CrashHouse:
    """An installation whose processes die; `app` looks at its database and does no jobs."""

    app: App
    forge: Forge
    folder: Path
    environment: dict[str, str]
    lose_queue: Callable[[], None]
    processes: list[Process] = field(default_factory=list)

    def start(self, *arguments: str, failpoint: str | None = None, port: int | None = None) -> Process:
        """Start `cardfile serve` or `cardfile worker`, with a point to die at if one is named."""
        environment = self.environment if failpoint is None else {**self.environment, VARIABLE: failpoint}
        if port is not None:
            arguments = (*arguments, "--port", str(port))
        number = self.forge.ask(
            arguments=arguments,
            environment=environment,
            folder=str(self.folder),
            site=str(self.folder / "site"),
            log=str(self.folder / "log.txt"),
        )
        process = Process(self.forge, number, arguments[0], port)
        self.processes.append(process)
        return process

    def kill(self, process: Process) -> None:
        process.kill()
        self.processes.remove(process)

    def kill_all(self) -> None:
        for process in [*self.processes]:
            self.kill(process)

    async def wait_for_death(self, process: Process, *, seconds: float = 30.0) -> int:
        """Return how a process ended that is to die by itself."""
        await eventually(process.ended, seconds=seconds, until=lambda found: found is not None)
        self.processes.remove(process)
        assert process.code is not None, f"{process.what} does not die: {self.log()}"
        return process.code

    async def wait_for_settling(
        self, is_settled: Callable[[App], Awaitable[bool]], *, seconds: float = 60.0
    ) -> float:
        """Wait until all is done that is to be done; return how long it took."""
        began = monotonic()
        while not await is_settled(self.app):
            assert monotonic() - began < seconds, f"not everything is done: {self.log()}"
            await asyncio.sleep(0.05)
        return monotonic() - began

    async def check(self, *checks: Check) -> None:
        """Fail with all that any of the checks has to complain of."""
        complaints = [one for check in checks for one in await check(self.app)]
        assert not complaints, "\n".join([*complaints[:50], self.log()])

    def log(self) -> str:
        """Return the end of what the processes said."""
        log = self.folder / "log.txt"
        return log.read_text(encoding="utf-8", errors="replace")[-6_000:] if log.exists() else ""


async def eventually(look: Callable[[], Any], *, seconds: float, until: Callable[[Any], bool]) -> Any:
    """Look again and again until what is seen is right or time is over; return what was seen last."""
    end = monotonic() + seconds
    while not until(found := look()) and monotonic() < end:  # noqa: ASYNC110  Another process rings no bell.
        await asyncio.sleep(0.02)
    return found


@asynccontextmanager
async def crash_house(
    forge: Forge,
    folder: Path,
    *,
    database_url: str,
    queue_url: str | None,
    plugins: Mapping[str, type[Plugin]],
    also: Sequence[str] = (),
) -> AsyncIterator[CrashHouse]:
    """Open a house: a migrated database with plugins of the tests' own, `also` installed ones, and no process yet."""
    _install(folder / "site", plugins)
    name = f"test_{folder.name.lower()}_{os.getpid()}"[:40]
    name = "".join(each if each.isalnum() else "_" for each in name)
    given: dict[str, Any] = {
        "database_url": database_url,
        "database_pool": 4,
        "queue_name": name,
        "worker_patience": PATIENCE,
        "log_level": "warning",
        "data_dir": folder / "data",
        **({"queue_url": queue_url} if queue_url else {}),
    }
    environment = {f"CARDFILE_{key.upper()}": str(value) for key, value in given.items()}
    environment["CARDFILE_LIMITS__REQUESTS_PER_MINUTE"] = "1000000"
    environment["CARDFILE_PLUGINS"] = ",".join([*plugins, *also])
    settings = Settings(**given, plugins=tuple(also), worker=False)
    app = App.build(settings, plugins=list(plugins.values()))
    await app.migrate()
    async with app.running():
        house = CrashHouse(app, forge, folder, environment, _loser(given, name))
        try:
            yield house
        finally:
            house.kill_all()
            house.lose_queue()


def _install(site: Path, plugins: Mapping[str, type[Plugin]]) -> None:
    """Make the plugins known by entry points, as a distribution of their own would."""
    info = site / "crashing-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: crashing\nVersion: 0.1\n", encoding="utf-8")
    lines = [f"{name} = {kind.__module__}:{kind.__name__}" for name, kind in plugins.items()]
    (info / "entry_points.txt").write_text("\n".join(["[cardfile.plugins]", *lines, ""]), encoding="utf-8")


def _loser(given: Mapping[str, Any], name: str) -> Callable[[], None]:
    """Return what loses all that lies in the queue: this one alone, for others may share the server."""

    def lose_file() -> None:
        (given["data_dir"] / "queue.db").unlink(missing_ok=True)

    def lose_list() -> None:
        from redis import Redis  # noqa: PLC0415  Only where there is one.

        with Redis.from_url(given["queue_url"]) as server:
            server.delete(f"huey.redis.{name}")

    return lose_list if "queue_url" in given else lose_file


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def post(
    port: int, path: str, body: Mapping[str, Any], *, to: Process | None = None, seconds: float = 20.0
) -> bool:
    """Send a request to a server that may still be starting; tell whether it was answered well.

    A server that dies with the request in its hands has not answered it; one that died before is not waited for,
    if it is given.
    """
    end = monotonic() + seconds
    async with AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=seconds) as client:
        while monotonic() < end:
            try:
                answer = await client.post(path, json=body)
            except HTTPError as error:
                if not isinstance(error, ConnectError) or (to is not None and to.ended() is not None):
                    return False
                await asyncio.sleep(0.03)
                continue
            return answer.status_code == 200
    return False


@dataclass(slots=True)
class Storm:
    """Random kills under load: one server without jobs, and workers, each killed and started again at random."""

    house: CrashHouse
    workers: int
    chance: random.Random
    load: Callable[[int, int], Awaitable[bool]]
    """Puts in one piece of work, given the server's port and a number of its own; tells whether it was kept."""
    first: int = 0
    pause: tuple[float, float] = (0.1, 0.8)
    """How many seconds lie between two kills, at least and at most."""
    kept: set[int] = field(default_factory=set)

    async def rage(self, kills: int) -> None:
        """Kill so many times, and lose the queue now and then; afterwards everybody lives."""
        port = free_port()
        alive = [self.house.start("serve", "--no-worker", port=port)]
        alive += [self.house.start("worker") for _ in range(self.workers)]
        stopping = asyncio.Event()
        loading = [asyncio.create_task(self._put_load_on(port, lane, stopping)) for lane in range(2)]
        for _ in range(kills):
            await asyncio.sleep(self.chance.uniform(*self.pause))
            if self.chance.random() < 0.25:
                self.house.lose_queue()
            place = self.chance.randrange(len(alive))
            victim = alive[place]
            self.house.kill(victim)
            arguments = ("serve", "--no-worker") if victim.port else ("worker",)
            alive[place] = self.house.start(*arguments, port=victim.port)
        stopping.set()
        await asyncio.gather(*loading)

    async def _put_load_on(self, port: int, lane: int, stopping: asyncio.Event) -> None:
        number = self.first + lane
        while not stopping.is_set():
            if await self.load(port, number):
                self.kept.add(number)
            number += 2
            await asyncio.sleep(0.02)
