"""A desk at which the tests of imports work: lists are made, brought in, looked at."""

import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from clients_desk import Desk
from house import ROOT, SOURCE_ROOTS
from openpyxl import Workbook

from cardfile.rights import Actor
from cardfile.settings import Settings

Cells = Sequence[Any]

HEADER = (
    "№",
    "ФИО",
    "Телефон",
    "Почта",
    "Дата рождения",
    "Цель",
    "Номер карты",
    "В клубе с",
    "Менеджер",
    "Метки",
    "Дата окончания",
)

MESSY: Sequence[Cells] = (
    ("Список клиентов клуба «Атлант»",),
    ("выгрузка от 05.11.2026",),
    (),
    HEADER,
    (1, "Иванова Анна Петровна", "8-916-111-22-33", "ANNA@Example.ru", "05.03.84", "Похудение", 1001.0,
     date(2020, 1, 15), "Ольга Белова", "vip", "05.11.24"),
    (2, "Петров Пётр", 79262223344.0, None, "1.2.90", "сила", "1002", "15.06.21",
     "petr.chef@example.com", "vip; новый"),
    (),
    (3, "ООО «Ромашка»", "8 (495) 123-45-67 доб. 12, 8-903-000-11-22", "info@romashka.ru", None, None,
     None, None, "Кто-то Другой", None),
    (4, "Сидорова Мария", "нет", "-", "31.02.1990", "летать", None, None, "Кто-то Другой", None),
    (5, None, None, None, "12.12.1980", None, None, None, None, None),
    HEADER,
    (6, "Анна Иванова", "+7 916 111-22-33", None, None, None, None, None, None, None),
    (7, "Кузнецов Иван", "12, 8-905-777-88-99", None, None, None, None, None, None, None),
    ("Итого:", 7),
)  # fmt: skip
"""A list as a club has it; rows of data are 5, 6, 8, 9, 10, 12 and 13."""


def write_list(path: Path, rows: Sequence[Cells], *, sheet: str = "Клиенты") -> Path:
    """Write rows as they are into an xlsx."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def _content(path: Path) -> bytes:
    return path.read_bytes()


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


@dataclass(frozen=True)
class ImportDesk(Desk):
    """One app at which lists are imported by `import.start` and its job, as over the API."""

    async def upload(self, path: Path, *, by: Actor | None = None) -> int:
        """Upload a file and return its id."""
        files = self.app.access.files
        stored = await files.put(
            _pieces(_content(path)), name=path.name, owner=by.user if by else None, limit=50_000_000
        )
        return stored.id

    async def bring_in(self, path: Path, *, by: Actor | None = None, **arguments: Any) -> dict[str, Any]:
        """Import a file to its end and return the import's values."""
        file = await self.upload(path, by=by)
        made = await self.do("import.start", by=by, file=file, **arguments)
        await self.app.jobs.run_due()
        return await self.row("import", made.id)

    async def issues(self, number: int, *, by: Actor | None = None) -> list[tuple[str, str]]:
        """Return the addresses and sentences of what was noticed."""
        told = await self.do("import.issues", by=by, done=number)
        return [(one.address, one.message) for one in told.issues]

    async def outcomes(self, number: int) -> dict[int, str]:
        """Return what became of each row of the list."""
        rows = await self.rows("import_row", {"origin": {"id": {"eq": number}}}, order=("row",))
        return {row["row"]: row["outcome"] for row in rows}


def counts(row: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts of an import that are not zero, by their short names."""
    names = ("read", "created", "updated", "unchanged", "duplicate", "review", "refused")
    return {name: row[f"rows_{name}"] for name in names if row[f"rows_{name}"]}


def command(*words: str) -> list[str]:
    """Return the real command line."""
    return [sys.executable, "-m", "cardfile", *words]


def surroundings(settings: Settings) -> dict[str, str]:
    """Return the environment in which a process finds the database of `settings`."""
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("CARDFILE_")},
        "CARDFILE_DATABASE_URL": settings.database_url,
        "CARDFILE_DATA_DIR": str(settings.data_dir),
        "CARDFILE_PLUGINS": ",".join(settings.plugins or ()),
        "CARDFILE_LOCALE": settings.locale,
        "CARDFILE_ZONE": settings.zone,
        "CARDFILE_WORKER": "false",
        "PYTHONPATH": os.pathsep.join(str(ROOT / root) for root in SOURCE_ROOTS),
        "PYTHONWARNINGS": "error",
    }
