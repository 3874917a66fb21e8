"""The command `cardfile`: one module for each noun, loaded when it is asked for."""

from cardfile.cli.program import main

__all__ = ["main"]
