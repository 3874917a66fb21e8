"""Points to die at: each has a name that is known, stands in the code, and does nothing unless it is told to."""

import ast
import os
import signal
import subprocess
import sys
from timeit import timeit

import pytest
from house import ROOT, source_files, tree

from cardfile.failpoints import FAILPOINTS, VARIABLE, failpoint

PROGRAM = """
from cardfile.failpoints import failpoint
for turn in range(3):
    print(turn, flush=True)
    failpoint("jobs.enqueued")
    failpoint("jobs.after_lease")
"""


def live(told: str | None) -> "subprocess.CompletedProcess[str]":
    """Pass two points three times, told to die or not."""
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={
            **environment,
            "PYTHONPATH": str(ROOT / "core"),
            **({} if told is None else {VARIABLE: told}),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def placed() -> set[str]:
    """Return the names of all points in the code."""
    calls = (
        node
        for path in source_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failpoint"
    )
    return {str(one.value) for node in calls for one in node.args if isinstance(one, ast.Constant)}


def test_every_point_has_a_name_that_is_known_and_every_name_a_point() -> None:
    assert placed() == set(FAILPOINTS)


def test_a_process_that_nobody_told_passes_all_points() -> None:
    assert (live(None).returncode, live(None).stdout.split()) == (0, ["0", "1", "2"])


@pytest.mark.parametrize(
    ("told", "passed"), [("jobs.after_lease", ["0"]), ("jobs.after_lease:3", ["0", "1", "2"])]
)
def test_a_process_that_was_told_dies_at_its_point(told: str, passed: list[str]) -> None:
    ended = live(told)
    assert (ended.returncode, ended.stdout.split()) == (-signal.SIGKILL, passed)


@pytest.mark.parametrize("told", ["jobs.after_leaze", "jobs.after_lease:often"])
def test_a_point_that_there_is_not_is_told_with_those_that_there_are(told: str) -> None:
    said = live(told).stderr
    assert f"CARDFILE_FAILPOINT is {told!r}" in said
    assert "jobs.after_lease, " in said


def test_a_point_that_is_passed_costs_next_to_nothing() -> None:
    seconds = min(timeit(lambda: failpoint("jobs.enqueued"), number=10_000) for _ in range(5))
    assert seconds / 10_000 < 0.000_005
