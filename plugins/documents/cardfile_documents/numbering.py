"""Giving numbers: one after the other, none twice, none left out."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from piccolo.query.mixins import OnConflictAction

from cardfile.failpoints import failpoint
from cardfile.journal import Call
from cardfile_documents.choices import DocumentKind
from cardfile_documents.settings import DocumentsSettings
from cardfile_documents.tables import Counter

__all__ = ["Number", "next_number"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and what it is made of; `year` is 0 where the count goes on from year to year."""

    text: str
    series: str
    year: int
    serial: int


async def next_number(call: Call, settings: DocumentsSettings, kind: DocumentKind) -> Number:
    """Return the next number of a kind.

    The row of the count is held until the transaction ends, so whoever comes next waits; a transaction that
    comes to nothing gives its number back. The document must be made in the same one.
    """
    form = settings.number_of(kind)
    today = call.now.astimezone(ZoneInfo(call.settings.zone))
    year = today.year if form.is_yearly else 0
    place = (Counter.kind == kind.value, Counter.series == settings.series, Counter.year == year)
    held = Counter.update({Counter.last: Counter.last + 1}).where(*place).returning(Counter.last)
    rows = await call.run(held)
    if not rows:
        (made,) = await call.work.transaction.reserve_ids("documents_counter", 1)
        first = Counter(id=made, kind=kind.value, series=settings.series, year=year, last=0)
        place_of = (Counter.kind, Counter.series, Counter.year)
        await call.run(Counter.insert(first).on_conflict(target=place_of, action=OnConflictAction.do_nothing))
        rows = await call.run(held)
    serial = int(rows[0]["last"])
    failpoint("documents.numbered")
    return Number(
        form.number(year=today.year, serial=serial, series=settings.series), settings.series, year, serial
    )
