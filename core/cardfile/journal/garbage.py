"""Sparing the garbage collector work that cannot bring anything."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collecting_later"]


@contextmanager
def collecting_later() -> Iterator[None]:
    """Let the collector of cycles wait while a portion of rows is worked on.

    Thousands of rows are made and kept, none of them in a cycle; time and again it would look through them,
    and then through the whole program, for nothing. Reference counting goes on. Keep the block short: it
    holds for all tasks.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
