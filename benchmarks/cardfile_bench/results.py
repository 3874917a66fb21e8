"""One line of the benchmarks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Result"]


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured: how many times the floor's time the product takes, and both in milliseconds."""

    name: str
    engine: str
    ratio: float
    floor_ms: float
    ours_ms: float
    more: Mapping[str, str] = field(default_factory=dict)
    goal: float = 1.3

    def __str__(self) -> str:
        told = {
            "engine": self.engine,
            "ratio": f"{self.ratio:.2f}",
            "floor_ms": f"{self.floor_ms:.3f}",
            "ours_ms": f"{self.ours_ms:.3f}",
            **self.more,
        }
        return " ".join([self.name, *(f"{key}={value}" for key, value in told.items())])
