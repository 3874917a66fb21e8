"""Telling people something: into their lists, each once, and to whoever stands in for them as well."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from cardfile.access.access import Access
from cardfile.access.guards import access_of
from cardfile.calendars import CalendarBook, calendar_book
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.journal.host import Host
from cardfile.rights import EVERYTHING
from cardfile.tasks.choices import NoticeKind
from cardfile.tasks.tables import Notice
from cardfile.texts import Texts

__all__ = [
    "NOTICES",
    "Read",
    "Tiding",
    "compose",
    "mark_all_notices_read",
    "mark_notices_read",
    "tell",
    "when",
]

LONGEST_TITLE: Final = 500
MOST_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Tiding:
    """Something to tell one person: a sentence with its values, which are filled in in his language.

    A moment among the values is told as his wall clock shows it. Nobody is told twice about one `key`.
    """

    to: int
    kind: NoticeKind
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    text: str | None = None
    task: int | None = None
    deal: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """How many notices were marked as read."""

    count: int


async def tell(call: Call, tidings: Iterable[Tiding]) -> int:
    """Tell people who work here, and whoever stands in for them; return how many notices were written."""
    rows = await compose(call.app, access_of(call), tidings, now=call.now)
    await call.bulk_create(Notice, rows)
    return len(rows)


async def compose(
    app: Host, access: Access, tidings: Iterable[Tiding], *, now: datetime
) -> list[dict[str, object]]:
    """Return the notices by which people are told, and whoever stands in for them, but for those that are there."""
    told = list(tidings)
    if not told:
        return []
    book = await calendar_book(access)
    rows: dict[tuple[str | None, int, int], dict[str, object]] = {}
    for number, one in enumerate(told):
        for recipient in recipients_of(book, one.to, now=now):
            # Without a key each tiding is one of its own.
            place = (one.key, recipient, 0 if one.key else number)
            rows.setdefault(place, _row(app, book, one, recipient, now))
    known = await _known(app, [one.key for one in told if one.key])
    return [row for (key, recipient, _), row in rows.items() if (key, recipient) not in known]


def recipients_of(book: CalendarBook, user: int, *, now: datetime) -> tuple[int, ...]:
    """Return who is told what concerns `user`: himself, and whoever stands in for him now."""
    found = [user] if book.is_active(user) else []
    stand_in = book.stand_in_of(user, now=now)
    return (*found, stand_in) if stand_in is not None else tuple(found)


def when(moment: datetime, now: datetime, zone: str, locale: str) -> str:
    """Return a moment as a wall clock shows it, without the date when it is today."""
    local = moment.astimezone(ZoneInfo(zone))
    if local.date() == now.astimezone(ZoneInfo(zone)).date():
        return local.strftime("%H:%M")
    return local.strftime("%d.%m.%Y %H:%M" if locale == "ru" else "%Y-%m-%d %H:%M")


def _row(app: Host, book: CalendarBook, one: Tiding, recipient: int, now: datetime) -> dict[str, object]:
    colleague = book.people[recipient]
    locale = colleague.locale or app.settings.locale
    zone = colleague.zone or app.settings.zone
    values = {
        key: when(value, now, zone, locale) if isinstance(value, datetime) else value
        for key, value in one.values.items()
    }
    texts: Texts = app.texts(locale)
    return {
        "recipient": recipient,
        "kind": one.kind.value,
        "title": texts.say(one.sentence, **values)[:LONGEST_TITLE],
        "text": one.text,
        "task": one.task,
        "deal": one.deal,
        "at": now,
        "key": one.key,
    }


async def _known(app: Host, keys: Sequence[str]) -> set[tuple[object, object]]:
    if not keys:
        return set()
    rows = await app.database.run(
        Notice.select(Notice.key, Notice.recipient).where(Notice.key.is_in(list(keys)))
    )
    return {(row["key"], row["recipient"]) for row in rows}


@command("notice.mark_read", label={"en": "Mark as read", "ru": "Отметить прочитанным"})
async def mark_notices_read(
    call: Call, notices: Annotated[list[Notice], "At most a thousand at once."]
) -> Read:
    """Mark notices of one's own as read."""
    unread = {one.id: {"read_at": call.now} for one in notices[:MOST_AT_ONCE] if one.read_at is None}
    await call.bulk_write(Notice, unread, rights=EVERYTHING)
    return Read(len(unread))


@command(
    "notice.mark_all_read",
    label={"en": "Mark all as read", "ru": "Отметить всё прочитанным"},
    action="mark_read",
)
async def mark_all_notices_read(call: Call) -> Read:
    """Mark all notices of one's own as read."""
    total = 0
    wanted = {"read_at": {"isNull": True}, "recipient": {"id": {"eq": call.actor.user}}}
    while call.actor.user is not None:
        found = await call.find(Notice, filter=wanted, order=("id",), limit=MOST_AT_ONCE)
        await call.bulk_write(Notice, {one.id: {"read_at": call.now} for one in found}, rights=EVERYTHING)
        total += len(found)
        if len(found) < MOST_AT_ONCE:
            break
    return Read(total)


NOTICES: Final = (mark_notices_read, mark_all_notices_read)
"""The commands on notices."""
