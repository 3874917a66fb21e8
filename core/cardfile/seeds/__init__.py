"""Seeds: rows that plugins ship and people edit, and how an upgrade leaves their edits alone."""

from cardfile.seeds.migrations import MIGRATIONS
from cardfile.seeds.seeds import Difference, Seed, SeedRef
from cardfile.seeds.settling import differences, keep_difference, take_difference
from cardfile.seeds.sowing import Sown, is_sown, sow
from cardfile.seeds.tables import SEED_KEY, Seeded

__all__ = [
    "MIGRATIONS",
    "SEED_KEY",
    "Difference",
    "Seed",
    "SeedRef",
    "Seeded",
    "Sown",
    "differences",
    "is_sown",
    "keep_difference",
    "sow",
    "take_difference",
]
