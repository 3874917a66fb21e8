"""The playground: one page without anything from elsewhere, to try documents and read the schema."""

from importlib.resources import files

__all__ = ["PLAYGROUND"]

PLAYGROUND: bytes = (files(__package__) / "playground.html").read_bytes()
"""The page."""
