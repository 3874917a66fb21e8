"""The screens of a CRM that are measured: documents with variables, and who looks at them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["DOCUMENTS", "MANAGER", "OWNER", "READERS", "SCREENS", "Screen", "document"]

DOCUMENTS: Final = Path(__file__).parents[1] / "documents"
OWNER: Final = 1
"""The user who sees everything."""

MANAGER: Final = 3
"""The user who sees his own clients."""

READERS: Final = {"all": OWNER, "own": MANAGER}


@dataclass(frozen=True, slots=True)
class Screen:
    """A document of `documents` with its variables; `client` is a variable that takes a client's id.

    `goal` is how many times the floor's time the product may take.
    """

    name: str
    variables: Mapping[str, object]
    client: str | None = None
    goal: float = 1.3

    def variables_for(self, client: int) -> Mapping[str, object]:
        """Return the variables, with the id of a client of the reader where there is one."""
        return {**self.variables, self.client: f"client_{client}"} if self.client else self.variables


SCREENS: Final = (
    Screen("board", {"first": 40}),
    Screen("card", {}, client="id"),
    Screen(
        "list",
        {
            "filter": {
                "standing": {"in": ["lead", "active", "permanent"]},
                "fitness": {"goal": {"in": ["health", "strength", "weight"]}},
            },
            "search": "анна",
            "orderBy": [{"field": "NAME"}],
            "first": 50,
            "after": None,
        },
    ),
    Screen("deep", {"clients": 50, "each": 5}),
    Screen("deal_board", {"first": 50}, goal=1.25),
)


@cache
def document(name: str) -> str:
    """Return the GraphQL document of a screen."""
    return (DOCUMENTS / f"{name}.graphql").read_text(encoding="utf-8")
