"""Reads: selections compiled to SQL with visibility, filters, orders and pages inside.

No other room reads a business table: whatever is shown, counted, exported or checked goes through here.
"""

from cardfile.query.aggregates import (
    Elapsed,
    First,
    Group,
    Measure,
    Spread,
    Tally,
    spread_records,
    tally_records,
)
from cardfile.query.compiler import Limits, compile_plan
from cardfile.query.rows import count_records, fetch_records, iterate_records, visible_ids
from cardfile.query.running import run_plan

__all__ = [
    "Elapsed",
    "First",
    "Group",
    "Limits",
    "Measure",
    "Spread",
    "Tally",
    "compile_plan",
    "count_records",
    "fetch_records",
    "iterate_records",
    "run_plan",
    "spread_records",
    "tally_records",
    "visible_ids",
]
