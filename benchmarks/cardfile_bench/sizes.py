"""How much is generated and measured."""

from dataclasses import dataclass, replace

__all__ = ["FULL", "MIDDLE", "QUICK", "Size"]


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows there are, and how long is measured.

    `seconds` is about how long one side of one round takes, from which the number of requests follows.
    """

    name: str
    clients: int
    interactions: int
    visits: int
    users: int
    teams: int
    rounds: int
    seconds: float
    bulk: int
    reminders: int
    open_deals: int
    closed_deals: int
    moves: int
    moves_many: int
    import_rows: int
    import_base: int


FULL = Size(
    "full",
    50_000,
    100_000,
    150_000,
    users=50,
    teams=5,
    rounds=9,
    seconds=0.25,
    bulk=20_000,
    reminders=100_000,
    open_deals=5_000,
    closed_deals=15_000,
    moves=40,
    moves_many=200,
    import_rows=100_000,
    import_base=1_000_000,
)
"""What `make bench` measures."""

MIDDLE = replace(FULL, import_rows=10_000, import_base=100_000)
"""For those who work on what is measured: imports of a tenth of the rows."""

QUICK = Size(
    "quick",
    400,
    800,
    1_200,
    users=6,
    teams=2,
    rounds=1,
    seconds=0.01,
    bulk=60,
    reminders=60,
    open_deals=60,
    closed_deals=90,
    moves=3,
    moves_many=12,
    import_rows=60,
    import_base=400,
)
"""What a test runs to see that the benchmarks themselves work."""
