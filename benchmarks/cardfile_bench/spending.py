"""CPU time of the process that measures, together with the database that it writes to."""

import gc
from time import process_time
from urllib.parse import urlsplit

from cardfile_bench.processes import backend_times

__all__ = ["begin", "spent"]


def begin(url: str) -> float:
    """Return `spent`, after the garbage that the benchmark itself has left is gone: it is no side's cost."""
    gc.collect()
    return spent(url)


def spent(url: str) -> float:
    """Return the seconds of CPU time that this process and the database have used."""
    database = urlsplit(url).path.strip("/") if url.startswith("postgresql") else None
    return process_time() + (sum(backend_times(database).values()) / 1e9 if database else 0.0)
