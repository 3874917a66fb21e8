"""A real terminal for tests: tmux draws the screen of a program, and types what a person would type."""

import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

__all__ = ["Terminal", "open_terminal"]

PATIENCE = 60.0
"""How many seconds a screen may take to show what is awaited before the test fails."""


class Terminal:
    """A program in a terminal; `screen` is what a person sees now."""

    def __init__(self, server: str, drawn: int) -> None:
        self._server = server
        self._drawn = drawn

    @property
    def screen(self) -> str:
        """The text on the screen, and what has been scrolled away above it."""
        return self._tmux("capture-pane", "-p", "-J", "-S", "-500")

    @property
    def colours(self) -> str:
        """What is in sight now, with the codes of its colours."""
        return self._tmux("capture-pane", "-p", "-e")

    def type(self, *keys: str) -> None:
        """Type texts; `Enter` and `C-c` are the keys of that name."""
        self._tmux("send-keys", *keys)

    def await_text(self, text: str) -> str:
        """Return the screen as soon as `text` is on it; woken whenever the program draws something."""
        deadline = time.monotonic() + PATIENCE
        while text not in (screen := self.screen):
            left = deadline - time.monotonic()
            assert left > 0, f"{text!r} is not on the screen:\n{screen}"
            if select.select([self._drawn], [], [], min(left, 1.0))[0]:
                os.read(self._drawn, 1 << 16)
        return screen

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._server, *words], check=True, capture_output=True, text=True, encoding="utf-8"
        )
        return done.stdout


@contextmanager
def open_terminal(
    command: Sequence[str],
    *,
    folder: Path,
    surroundings: Mapping[str, str],
    width: int = 140,
    height: int = 45,
) -> Iterator[Terminal]:
    """Run `command` in a terminal of its own; the screen stays when the command has ended."""
    if shutil.which("tmux") is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have tmux")
        pytest.skip("there is no tmux here")
    server, pipe = f"cardfile-{uuid4().hex}", folder / "drawn"
    os.mkfifo(pipe)
    drawn = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    start = ["new-session", "-d", "-x", str(width), "-y", str(height), "-c", str(folder), "cat"]
    base = ["tmux", "-L", server, "-f", os.devnull]
    # The terminal itself says how wide it is, and what it can show.
    told = {key: value for key, value in surroundings.items() if key not in ("COLUMNS", "LINES", "NO_COLOR")}
    given = {**told, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    try:
        subprocess.run([*base, *start], check=True, env=given)
        subprocess.run([*base, "set-option", "-g", "remain-on-exit", "on"], check=True)
        subprocess.run([*base, "pipe-pane", f"exec cat > {pipe}"], check=True)
        subprocess.run([*base, "respawn-pane", "-k", "-c", str(folder), *command], check=True, env=given)
        yield Terminal(server, drawn)
    finally:
        subprocess.run([*base, "kill-server"], check=False, capture_output=True)
        os.close(drawn)
