"""The fitness club edition: all that it adds, on one page."""

from datetime import timedelta
from importlib.resources import files
from typing import ClassVar

from cardfile.declarations import Role
from cardfile.plugins import Demo, JobKind, Plugin
from cardfile_fitness.card import CARD_FIELDS
from cardfile_fitness.demo import make_club
from cardfile_fitness.entities import ENTITIES
from cardfile_fitness.keeping import keep_memberships
from cardfile_fitness.migrations import MIGRATIONS
from cardfile_fitness.rules import ClubRules
from cardfile_fitness.selling import cancel, freeze, keep_up, sell, unfreeze
from cardfile_fitness.settings import FitnessSettings
from cardfile_fitness.visiting import check_in, check_out

__all__ = ["FitnessPlugin"]


class FitnessPlugin(ClubRules, Plugin):
    """A fitness club: memberships, visits, and what one wants to know of people who train."""

    name = "fitness"
    label: ClassVar = {"en": "Fitness club", "ru": "Фитнес-клуб"}
    version = "0.1.0"
    requires = "cardfile>=0.1,<0.2"
    is_edition = True

    entities = ENTITIES
    card_fields = CARD_FIELDS
    roles = (
        Role(
            "trainer",
            {"en": "Trainer", "ru": "Тренер"},
            can={
                "client": "read:own edit:own",
                "interaction": "read:own create:own",
                "tag": "read:all",
                "plan": "read:all",
                "membership": "read:own",
                "visit": "read:own check_in:own",
            },
            # Trainers come and go: the contacts of the base do not go with them.
            hide_kinds=("phone", "email"),
            lock={"client": ("contract_number", "card_number", "joined_on", "owner", "standing")},
        ),
        Role(
            "reception",
            {"en": "Reception", "ru": "Ресепшен"},
            can={
                "client": "read:all create:all edit:all",
                "tag": "read:all",
                "plan": "read:all",
                "membership": "read:all create:all edit:all sell:all freeze:all",
                "visit": "read:all create:all edit:all check_in:all",
            },
            hide={"client": ("medical_note",)},
        ),
    )
    grants: ClassVar = {
        "head": {
            "plan": "*:all",
            "membership": "read:team create:team edit:team archive:team import:team sell:team freeze:team cancel:team",
            "visit": "*:team",
        },
        "manager": {
            "plan": "read:all",
            "membership": "read:own create:own edit:own import:own sell:own freeze:own",
            "visit": "read:own check_in:own",
        },
        "specialist": {"plan": "read:all"},
        "analyst": {"plan": "read:all"},
    }
    commands = (sell, freeze, unfreeze, cancel, keep_up, check_in, check_out)
    migrations = MIGRATIONS
    jobs = (JobKind("keep_memberships", keep_memberships, every=timedelta(hours=1)),)
    settings = FitnessSettings
    texts = (files("cardfile_fitness") / "texts" / "ru.toml",)

    async def demo(self, demo: Demo) -> None:
        """Open a club with its people, members and a year of visits."""
        await make_club(demo)
