"""Rows that a declaration ships and that people edit."""

from piccolo.columns import Boolean, Text

from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record, Stored

__all__ = ["SEED_KEY", "Seeded", "Sowing"]

SEED_KEY = IndexSpec(columns=("plugin", "seed"), unique=True)
"""The index that every table of seeds has among its keys: two rows never come from one declaration."""


class Seeded(Record):
    """A table of such rows: made by people, or shipped by a plugin and then edited by people.

    `plugin` and `seed` say which declaration a row came from; both are None for rows that people made. `shipped`
    holds, as JSON, the values that were shipped last; `kept` those of them which somebody has seen and decided not
    to take. A row `is_dropped` while its declaration is gone, which is also why it is archived then.
    """

    plugin = Text(null=True, default=None)
    seed = Text(null=True, default=None)
    shipped = Text(null=True, default=None)
    kept = Text(null=True, default=None)
    is_dropped = Boolean(null=False, default=False)


class Sowing(Stored, tablename="sowing"):
    """The one row that tells which seeds were sown last, by a digest of all of them."""

    digest = Text(null=False, default="")
