"""The edition of a window company: all that it adds, on one page."""

from importlib.resources import files
from typing import ClassVar

from cardfile.plugins import Demo, Plugin
from cardfile_windows.card import CARD_FIELDS
from cardfile_windows.claiming import open_claim, reject_claim, solve_claim
from cardfile_windows.demo import make_company
from cardfile_windows.entities import ENTITIES
from cardfile_windows.estimating import (
    accept_estimate,
    create_estimate,
    refuse_estimate,
    revise_estimate,
    send_estimate,
)
from cardfile_windows.feedback import take_feedback
from cardfile_windows.installing import (
    cancel_installation,
    finish_installation,
    plan_installation,
    start_installation,
)
from cardfile_windows.measuring import cancel_measurement, finish_measurement, plan_measurement
from cardfile_windows.migrations import MIGRATIONS
from cardfile_windows.pipelines import PIPELINES, REMINDERS
from cardfile_windows.roles import GRANTS, ROLES
from cardfile_windows.rules import OpeningRules

__all__ = ["WindowsPlugin"]


class WindowsPlugin(OpeningRules, Plugin):
    """A window company: from the first call to the signed act, and the repairs after it."""

    name = "windows"
    label: ClassVar = {"en": "Window company", "ru": "Оконная компания"}
    version = "0.1.0"
    requires = "cardfile>=0.1,<0.2"
    # The stages ask for invoices and acts, and roles say who does not see them.
    depends = ("documents",)
    is_edition = True
    demo_size = 300

    entities = ENTITIES
    card_fields = CARD_FIELDS
    roles = ROLES
    grants = GRANTS
    pipelines = PIPELINES
    reminder_policies = REMINDERS
    commands = (
        plan_measurement,
        finish_measurement,
        cancel_measurement,
        create_estimate,
        revise_estimate,
        send_estimate,
        accept_estimate,
        refuse_estimate,
        plan_installation,
        start_installation,
        finish_installation,
        cancel_installation,
        take_feedback,
        open_claim,
        solve_claim,
        reject_claim,
    )
    migrations = MIGRATIONS
    texts = (files("cardfile_windows") / "texts" / "ru.toml",)

    async def demo(self, demo: Demo) -> None:
        """Open a company with its people, its orders of two years and today's tasks."""
        await make_company(demo)
