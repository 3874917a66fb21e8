"""The fitness club edition of Cardfile."""

from cardfile_fitness.entities import Status, Via, freezes, memberships, plans, visits
from cardfile_fitness.plugin import FitnessPlugin
from cardfile_fitness.tables import Freeze, Membership, Plan, Visit

__all__ = [
    "FitnessPlugin",
    "Freeze",
    "Membership",
    "Plan",
    "Status",
    "Via",
    "Visit",
    "freezes",
    "memberships",
    "plans",
    "visits",
]
