"""Values that Python gives, as answers hold them."""

from datetime import UTC, date, datetime
from decimal import Decimal

__all__ = ["plain"]


def plain(value: object) -> object:
    """Return a value of a result as an answer holds it."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
    return value
