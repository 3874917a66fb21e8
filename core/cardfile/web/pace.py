"""How many requests one person or address may make: a bucket that fills steadily, for each of them."""

from collections.abc import Callable
from time import monotonic

__all__ = ["Pace"]


class Pace:
    """Token buckets in memory, at most `most` of them; each holds a minute's worth of requests."""

    def __init__(
        self, per_minute: int, *, most: int = 20_000, timer: Callable[[], float] = monotonic
    ) -> None:
        self._size = float(per_minute)
        self._per_second = per_minute / 60
        self._most = most
        self._timer = timer
        self._buckets: dict[object, tuple[float, float]] = {}

    def take(self, who: object) -> int:
        """Take one request out of the bucket of `who`; return 0, or for how many seconds to wait."""
        now = self._timer()
        known = self._buckets.get(who)
        if known is None:
            if len(self._buckets) >= self._most:
                self._forget(now)
            left = self._size
        else:
            left = min(self._size, known[0] + (now - known[1]) * self._per_second)
        if left < 1:
            self._buckets[who] = (left, now)
            return int((1 - left) / self._per_second) + 1
        self._buckets[who] = (left - 1, now)
        return 0

    def _forget(self, now: float) -> None:
        """Drop the buckets that are full again, or, when there are none, the older half."""
        full = [
            who
            for who, (left, at) in self._buckets.items()
            if left + (now - at) * self._per_second >= self._size
        ]
        for who in full or list(self._buckets)[: self._most // 2]:
            del self._buckets[who]
