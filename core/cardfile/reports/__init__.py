"""Reports: funnels, leads, times, velocity, work, sources, forecasts, plans; each number opens the list behind it."""

from typing import Final

from cardfile.reports.asking import Period
from cardfile.reports.entities import ENTITIES
from cardfile.reports.figures import Amount, Counting, Figure, Person, Times
from cardfile.reports.forecast import forecast
from cardfile.reports.funnel import funnel
from cardfile.reports.grants import GRANTS
from cardfile.reports.leads import first_response, leads
from cardfile.reports.migrations import MIGRATIONS
from cardfile.reports.plans import plan_fact
from cardfile.reports.rules import ReportRules
from cardfile.reports.sources import sources
from cardfile.reports.stages import time_in_stage
from cardfile.reports.tables import SalesPlan
from cardfile.reports.velocity import velocity
from cardfile.reports.work import work

__all__ = [
    "ENTITIES",
    "GRANTS",
    "MIGRATIONS",
    "REPORTS",
    "Amount",
    "Counting",
    "Figure",
    "Period",
    "Person",
    "ReportRules",
    "SalesPlan",
    "Times",
]

REPORTS: Final = (
    funnel,
    leads,
    first_response,
    time_in_stage,
    velocity,
    work,
    sources,
    forecast,
    plan_fact,
)
"""The reports of the core."""
