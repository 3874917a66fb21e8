"""Which language an Accept-Language header asks for."""

from functools import lru_cache

from cardfile.texts import choose_locale

__all__ = ["wished_locale"]

LONGEST = 500


@lru_cache(maxsize=1_024)
def wished_locale(header: str) -> str | None:
    """Return the known locale that the header likes best, None when it names none."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:LONGEST].split(",")):
        language, _, parameters = part.partition(";")
        wishes.append((-_quality(parameters), place, language))
    return choose_locale(language for weight, _, language in sorted(wishes) if weight < 0)


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
