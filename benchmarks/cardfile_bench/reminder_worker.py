"""A worker that tells everything that is due, and then says how many seconds it took."""

import asyncio
import json
import sys
from pathlib import Path
from time import perf_counter

from cardfile.tasks import send_all
from cardfile_bench.databases import build_app


async def _work(url: str, folder: Path) -> float:
    app = build_app(url, folder)
    async with app.running():
        began = perf_counter()
        await send_all(app)
        return perf_counter() - began


def main() -> None:
    """Work, and say so in one line."""
    print(json.dumps(asyncio.run(_work(sys.argv[1], Path(sys.argv[2])))), flush=True)


if __name__ == "__main__":
    main()
