"""`cardfile jobs`: what there is to see, and what can be done about it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardfile.app import App
from cardfile.cli import main
from cardfile.jobs import Job, State
from cardfile.settings import Settings

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what does a command line in a migrated installation and gives its exit code."""
    monkeypatch.chdir(tmp_path)
    Path("cardfile.toml").write_text("plugins = []\n", encoding="utf-8")

    def do(*arguments: str) -> int:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        return int(end.value.code or 0)

    assert do("migrate") == 0
    assert do("jobs", "run") == 0
    return do


def put_in(**values: Any) -> int:
    """Put a job in, with some of its columns set, and return its id."""

    async def put() -> int:
        app = App.build(Settings(plugins=()))
        async with app.running():
            job = await app.jobs.enqueue("forget_jobs", {"why": "a test"})
            assert job is not None
            if values:
                columns: dict[Any, Any] = {getattr(Job, name): value for name, value in values.items()}
                await app.database.run(Job.update(columns).where(Job.id == job))
            return job

    return asyncio.run(put())


def test_jobs_are_counted_by_kind_and_state(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    put_in(state=State.DEAD.value)
    capsys.readouterr()
    assert run("jobs", "count") == 0
    shown = capsys.readouterr().out
    (line,) = [one for one in shown.splitlines() if one.startswith("forget_jobs")]
    assert line.split() == ["forget_jobs", "1", "1"]
    assert "No worker is there." in shown


def test_jobs_are_listed_by_state(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    job = put_in(state=State.DEAD.value, last_error="RuntimeError: the lamp went out")
    capsys.readouterr()
    assert run("jobs", "list", "--state", "dead") == 0
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == 2
    assert shown[1].split()[:3] == [str(job), "forget_jobs", "dead"]
    assert "the lamp went out" in shown[1]


def test_a_job_is_shown_with_its_payload(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    job = put_in()
    capsys.readouterr()
    assert run("jobs", "show", str(job)) == 0
    assert '{"why":"a test"}' in capsys.readouterr().out


def test_a_job_that_is_not_there_is_not_found(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("jobs", "show", "4711") == 4
    assert "There is no job 4711." in capsys.readouterr().err


def test_a_dead_job_is_done_after_a_retry(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    job = put_in(state=State.DEAD.value, attempts=8)
    capsys.readouterr()
    assert run("jobs", "retry", str(job)) == 0
    assert run("jobs", "run") == 0
    assert capsys.readouterr().out.splitlines() == ["1 job is due now.", "1 job was done."]


def test_all_dead_jobs_of_a_kind_are_tried_again(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        put_in(state=State.DEAD.value)
    capsys.readouterr()
    assert run("jobs", "retry", "--dead", "forget_jobs") == 0
    assert capsys.readouterr().out == "3 jobs are due now.\n"


def test_a_kind_that_never_was_is_not_found(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("jobs", "retry", "--dead", "forget_job") == 4
    assert "There is no job kind forget_job." in capsys.readouterr().err


def test_a_retry_wants_a_job_or_a_kind(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("jobs", "retry") == 3
    assert "Name a job, or a kind by --dead" in capsys.readouterr().err


def test_a_cancelled_job_is_never_done(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    job = put_in()
    capsys.readouterr()
    assert run("jobs", "cancel", str(job)) == 0
    assert run("jobs", "run") == 0
    assert capsys.readouterr().out.splitlines() == [f"Job {job} is cancelled.", "0 jobs were done."]


@pytest.mark.parametrize("state", [State.DONE, State.RUNNING])
def test_what_is_done_or_being_done_is_not_cancelled(
    run: Run, state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    job = put_in(state=state.value)
    assert run("jobs", "cancel", str(job)) == 3
    assert f"Job {job} is {state}" in capsys.readouterr().err
