"""Exports: records as workbooks and text tables, what a person may see and take away."""

from cardfile.exports.exporting import export_records

__all__ = ["export_records"]
