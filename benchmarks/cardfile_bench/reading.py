"""Reads: every screen of every reader, product against floor, in turns."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from cardfile_bench.processes import Driver, Server
from cardfile_bench.results import Result
from cardfile_bench.screens import READERS, SCREENS, document
from cardfile_bench.sizes import Size

__all__ = ["measure_reads", "measure_scope"]

CONNECTIONS = 16
FEWEST, MOST = 16, 400
WARM_UP = 6


@dataclass(slots=True)
class _Side:
    """One way to answer a screen, with what was measured of it."""

    path: str
    body: Mapping[str, object]
    headers: Mapping[str, str]
    cpu: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    crowded: list[float] = field(default_factory=list)


def measure_reads(
    server: Server, driver: Driver, engine: str, size: Size, *, only: str = ""
) -> Iterator[Result]:
    """Yield a result for each screen and reader; raises when the answers of the two differ.

    `only` leaves out what is not called so, as `card_own` is by `card`.
    """
    for screen in SCREENS:
        for reader in READERS:
            if not f"{screen.name}_{reader}".startswith(only):
                continue
            body = {"query": document(screen.name), "variables": screen.variables_for(server.clients[reader])}
            ours = _Side("/graphql", body, _as(server, reader))
            # The same request for both, down to the bytes: the floor takes its arguments out of the variables.
            floor = _Side(f"/floor/{screen.name}/{reader}", body, ours.headers)
            _require_equal(server, floor, ours)
            _take_turns(server, driver, size, floor, ours)
            yield _result(f"{screen.name}_{reader}", engine, floor, ours, goal=screen.goal)


def measure_scope(server: Server, driver: Driver, engine: str, size: Size) -> Iterator[Result]:
    """Yield what it costs to see one's own clients only, against seeing all, for two orders of the list."""
    for name, key in (("scope_by_name", "NAME"), ("scope_by_age", "CREATED_AT")):
        order = [{"field": key, "direction": "DESC" if key == "CREATED_AT" else "ASC"}]
        body = {"query": document("scope"), "variables": {"orderBy": order, "first": 50}}
        every, mine = (_Side("/graphql", body, _as(server, reader)) for reader in ("all", "own"))
        _take_turns(server, driver, size, every, mine)
        yield _result(name, engine, every, mine, goal=1.3)


def _as(server: Server, reader: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {server.tokens[reader]}", "Accept-Language": "ru"}


def _require_equal(server: Server, floor: _Side, ours: _Side) -> None:
    before = server.rungs()
    told = server.ask(ours.path, ours.body, ours.headers)
    by_hand = server.ask(floor.path, floor.body, floor.headers)
    if "errors" in told or told["data"] != by_hand["data"]:
        said = told.get("errors", "other data")
        raise RuntimeError(f"{floor.path}: the product does not answer what the floor does: {said}")
    if server.rungs().get("one statement", 0) != before.get("one statement", 0) + 1:
        raise RuntimeError(f"{floor.path}: the product did not answer it by one statement")


def _take_turns(server: Server, driver: Driver, size: Size, first: _Side, second: _Side) -> None:
    alone = max(driver.load(one.path, one.body, one.headers, 1, WARM_UP) for one in (first, second))
    requests = int(max(FEWEST, min(MOST, size.seconds * 1000 / max(alone, 0.05))))
    for one in (first, second):
        # Every connection of a pool has to see a statement once before it is at its best.
        driver.load(one.path, one.body, one.headers, CONNECTIONS, max(WARM_UP, requests))
    for turn in range(size.rounds):
        for side in (first, second) if turn % 2 == 0 else (second, first):
            _measure(server, driver, side, requests)


def _measure(server: Server, driver: Driver, side: _Side, requests: int) -> None:
    load: Callable[[int, int], float] = lambda connections, number: driver.load(  # noqa: E731
        side.path, side.body, side.headers, connections, number
    )
    before = server.cpu()
    side.alone.append(load(1, requests // 2))
    side.crowded.append(load(CONNECTIONS, requests))
    after = server.cpu()
    spent = sum(max(0, used - before.get(process, 0)) for process, used in after.items())
    side.cpu.append(spent / 1e6 / (requests // 2 + requests))


def _result(name: str, engine: str, floor: _Side, ours: _Side, *, goal: float) -> Result:
    return Result(
        name,
        engine,
        ratio=median(mine / theirs for mine, theirs in zip(ours.cpu, floor.cpu, strict=True)),
        floor_ms=median(floor.cpu),
        ours_ms=median(ours.cpu),
        more={
            "p50_1": f"{median(floor.alone):.2f}/{median(ours.alone):.2f}",
            f"p50_{CONNECTIONS}": f"{median(floor.crowded):.2f}/{median(ours.crowded):.2f}",
        },
        goal=goal,
    )
