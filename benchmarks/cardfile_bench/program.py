"""`make bench`: prepare, measure, print a line for each thing measured."""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from cardfile_bench.bulk import measure_bulk
from cardfile_bench.databases import ENGINES, Engine, prepare, why_absent
from cardfile_bench.imports import measure_imports
from cardfile_bench.moves import measure_moves
from cardfile_bench.processes import driver, serving
from cardfile_bench.reading import measure_reads, measure_scope
from cardfile_bench.reminders import measure_reminders
from cardfile_bench.results import Result
from cardfile_bench.sizes import FULL, MIDDLE, QUICK, Size

__all__ = ["main", "measure"]

ALLOWANCE = 1.23
"""How far over its goal a machine that is shared with others may be: 1.6 where the goal is 1.3."""


def measure(engine: Engine, size: Size, folder: Path, *, only: str = "") -> Iterator[Result]:
    """Yield everything that is measured on one engine, or what is called `only…`."""
    if only not in ("bulk", "moves", "reminders", "imports"):
        url = asyncio.run(prepare(engine, size, folder))
        with serving(url, folder) as server, driver(server) as load:
            yield from measure_reads(server, load, engine, size, only=only)
            if "scope".startswith(only):
                yield from measure_scope(server, load, engine, size)
    if "bulk".startswith(only):
        yield from measure_bulk(engine, size, folder)
    if "moves".startswith(only):
        yield from measure_moves(engine, size, folder)
    if "reminders".startswith(only):
        yield from measure_reminders(engine, size, folder)
    if "imports".startswith(only):
        yield from measure_imports(engine, size, folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 1 when `--check` is given and something is too slow."""
    parser = argparse.ArgumentParser("cardfile bench", description="Measure Cardfile against SQL by hand.")
    parser.add_argument("--quick", action="store_true", help="small data, to see that the benchmarks work")
    parser.add_argument("--middle", action="store_true", help="imports of a tenth of the rows")
    parser.add_argument("--check", action="store_true", help="fail when something is far over its goal")
    parser.add_argument(
        "--only",
        default="",
        help="what is called so: card, list_own, deal_board, scope, bulk, moves, reminders, imports",
    )
    parser.add_argument("--engine", choices=ENGINES, action="append", help="one engine only")
    parser.add_argument("--folder", type=Path, default=Path("data/bench"), help="where the data is kept")
    given = parser.parse_args(arguments)
    slow: list[Result] = []
    size = QUICK if given.quick else MIDDLE if given.middle else FULL
    for engine in given.engine or ENGINES:
        reason = asyncio.run(why_absent(engine))
        if reason:
            print(f"# {engine}: left out, {reason}", file=sys.stderr)
            continue
        for result in measure(engine, size, given.folder, only=given.only):
            print(result, flush=True)
            if result.ratio > result.goal * ALLOWANCE:
                slow.append(result)
    if slow and given.check:
        print(f"# over the goal: {', '.join(f'{one.name} ({one.engine})' for one in slow)}", file=sys.stderr)
        return 1
    return 0
