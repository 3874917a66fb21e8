"""The walls around a child process: memory, time, network, disk."""

import ctypes
import os
import resource
import signal
import sys
from typing import Any, Final

__all__ = ["stand_alone", "wall_in"]

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_PDEATHSIG: Final = 1

_FORBIDDEN: Final = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.remove", "os.rename",
    "shutil.",
)  # fmt: skip


def wall_in(*, memory: int, cpu_seconds: int) -> None:
    """Bind this process for good: so much memory, so much processor time, no file written, no core left."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def stand_alone(*, parent: int) -> None:
    """Cut this process off the network and let it die with `parent`.

    The kernel's own cut needs a right that some hosts withhold; the hook holds for Python code everywhere.
    """
    if sys.platform == "linux":
        kernel = ctypes.CDLL(None)
        kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(0)
        if kernel.unshare(_CLONE_NEWNET) != 0:
            kernel.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"a child process may not do {event}")
