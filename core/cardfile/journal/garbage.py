"""Sparing the garbage collector work that cannot bring anything."""

import gc

__all__ = ["collecting_later", "spare_what_stays"]


def spare_what_stays() -> None:
    """Let the collector never look again through what is there now: code, declarations, the schema.

    It stays to the end, and to look through it all took a tenth of a second in which nobody was answered. Meant for
    the beginning of a process that works for long.
    """
    gc.collect()
    gc.freeze()


class collecting_later:  # noqa: N801  # reads as words of the statement `with collecting_later()`
    """Let the collector of cycles wait while a portion of rows is worked on.

    Thousands of rows are made and kept, none of them in a cycle; time and again it would look through them,
    and then through the whole program, for nothing. Reference counting goes on. Keep the block short: it
    holds for all tasks.
    """

    __slots__ = ("_is_ours",)

    def __enter__(self) -> None:
        self._is_ours = gc.isenabled()
        if self._is_ours:
            gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._is_ours:
            gc.enable()
