"""What a child process does: one question in, one answer out, and gone.

The child of `children.py` begins here, behind its walls, and asks the module that it was told of.
"""

import json
import os
import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from cardfile.children.walls import stand_alone, wall_in
from cardfile.errors import Refused

__all__ = ["NEEDS_TOO_MUCH", "run"]

NEEDS_TOO_MUCH: Final = "This needs more than {limit} MB of memory: make it smaller."
"""The sentence for a child that ran out of memory, by its own account or by its death."""


def run(told: Mapping[str, Any]) -> None:
    """Answer the one question on standard input: a line of JSON that says how it went, then the answer."""
    stand_alone(parent=told["parent"])
    wall_in(memory=told["memory"], cpu_seconds=told["cpu_seconds"])
    # Whatever a library prints must not get into the answer.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    answer = b""
    try:
        answer = import_module(told["module"]).answer(sys.stdin.buffer.read())
        head: dict[str, Any] = {}
    except Refused as refusal:
        head = {"refused": refusal.template, "values": dict(refusal.values)}
    except MemoryError:
        head = {"refused": NEEDS_TOO_MUCH, "values": {"limit": told["memory"] // 1_000_000}}
    except BaseException:  # noqa: BLE001  # A panic of a native library is no Exception; the parent logs it.
        head = {"failed": traceback.format_exc(limit=20)}
    out.write(json.dumps(head, default=str).encode() + b"\n")
    out.write(answer)
    out.flush()
