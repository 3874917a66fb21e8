"""How the table of sales plans came to be."""

from typing import Final

from cardfile.database.steps import CreateTable, Migration
from cardfile.reports.tables import SalesPlan

__all__ = ["MIGRATIONS"]

MIGRATIONS: Final = (Migration("0001_sales_plan", (CreateTable(SalesPlan),)),)
"""The migrations of reports, first to last; they refer to the tables of people."""
