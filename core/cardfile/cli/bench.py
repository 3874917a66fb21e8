"""`cardfile bench`."""

import subprocess
import sys
from pathlib import Path

from typer import Context, Exit, Typer

from cardfile.errors import SettingsError

program = Typer()


@program.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: Context) -> None:
    """Run the benchmarks of the repository; further arguments are theirs."""
    folder = Path(__file__).parents[3] / "benchmarks"
    if not (folder / "__main__.py").is_file():
        raise SettingsError("The benchmarks are in the repository alone: clone it and run make bench there.")
    done = subprocess.run([sys.executable, str(folder), *context.args], check=False)
    raise Exit(done.returncode)
