"""A company to try the edition with."""

from cardfile.plugins import Demo

__all__ = ["make_company"]


async def make_company(demo: Demo) -> None:
    """Open a company."""
