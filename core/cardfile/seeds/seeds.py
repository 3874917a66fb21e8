"""A seed: what a declaration ships for one row, and how it differs from what the row has become."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardfile.seeds.tables import Seeded

__all__ = ["Difference", "Seed", "SeedRef"]


@dataclass(frozen=True, slots=True)
class SeedRef:
    """The row of another seed, as the value of a reference; it must come earlier in the list of seeds."""

    table: type[Seeded]
    plugin: str
    seed: str


@dataclass(frozen=True, slots=True)
class Seed:
    """One row as a plugin ships it: `seed` is its key within the plugin and table, `values` are by path.

    A value is a text, a number, a boolean, None or a `SeedRef`.
    """

    table: type[Seeded]
    plugin: str
    seed: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which a row is not what its plugin ships: `yours` is in the row, `shipped` in the declaration.

    Both are as text; `name` is how people call the row.
    """

    entity: str
    record: int
    name: str
    plugin: str
    seed: str
    path: str
    shipped: str
    yours: str
