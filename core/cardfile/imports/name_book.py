"""Who or what is meant by a name in a cell: colleagues by name or e-mail, other records by their title."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from cardfile.database.database import Database
from cardfile.errors import InvalidInput
from cardfile.imports.host import ImportHost
from cardfile.imports.parts import Part
from cardfile.imports.targets import Place
from cardfile.model.entities import Everyone, Through
from cardfile.model.model import Model
from cardfile.model.names import split_id
from cardfile.model.record_types import RecordType
from cardfile.query.rows import fetch_records, iterate_records
from cardfile.rights import Actor, Rights
from cardfile.values.cell import shown
from cardfile.values.text import fold_key

__all__ = ["SEVERAL", "UNKNOWN", "NameBook", "Unclear", "read_books", "read_names", "read_titles"]

USER: Final = "user"

UNKNOWN: Final = "{value} is nobody and nothing known here: in all such rows the field is left as it is."
SEVERAL: Final = (
    "{value} may mean several, so in all such rows the field is left as it is: "
    "write the whole name or the e-mail."
)


class Unclear(InvalidInput):
    """A name that means nobody here, or more than one."""


@dataclass(frozen=True, slots=True)
class NameBook:
    """The records of one type that may be meant, by everything that they are called.

    Where the same name is given within several others, as a stage's within pipelines, `within` is the path of the
    field that names that other one, and `hosts` are the others by record, the one that is usually meant first.
    """

    ids: dict[str, set[int]]
    prefix: str
    within: str | None = None
    hosts: Mapping[int, int] = field(default_factory=dict)

    def find(self, text: str, *, within: object = None) -> int:
        """Return the id of the record that `text` means; raises `Unclear` when it is none or several."""
        found = self.ids.get(_key(text)) or self.ids.get(" ".join(sorted(_key(text).split())), set())
        if self.within is not None and found:
            found = self._of_host(found, within)
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise Unclear(SEVERAL, value=shown(text))
        parts = split_id(text)
        if (
            parts is not None
            and parts[0] == self.prefix
            and any(parts[1] in ids for ids in self.ids.values())
        ):
            return parts[1]
        raise Unclear(UNKNOWN, value=shown(text))

    def _of_host(self, found: set[int], host: object) -> set[int]:
        """Return those that belong to `host`, or to the usual one when none is named."""
        order = list(dict.fromkeys(self.hosts.values()))
        wanted = (
            host
            if host is not None
            else next((one for one in order if any(self.hosts.get(record) == one for record in found)), None)
        )
        return {record for record in found if self.hosts.get(record) == wanted}


async def read_names(
    database: Database, model: Model, record_type: RecordType, rights: Rights, *, now: datetime
) -> NameBook:
    """Return the names of all records that this person may see, as far as names are not hidden from him."""
    title = record_type.entity.title or "name"
    called = (title, "login") if record_type.key == USER else (title,)
    paths = [path for path in called if rights.sees(record_type.key, path)]
    ids: dict[str, set[int]] = {}
    weak: dict[str, set[int]] = {}
    found = iterate_records(database, model, record_type, rights, now=now, paths=paths)
    for row in [row async for portion in found for row in portion]:
        record, name = int(str(row["id"])), str(row.get(title) or "")
        for key in {_key(name), " ".join(sorted(_key(name).split()))} - {""}:
            ids.setdefault(key, set()).add(record)
        if login := row.get("login"):
            ids.setdefault(_key(str(login)), set()).add(record)
        if record_type.key == USER:
            for key in _short_names(name):
                weak.setdefault(key, set()).add(record)
    # A whole name goes before a shortened one of somebody else.
    return NameBook({**weak, **ids}, record_type.prefix)


async def read_books(
    app: ImportHost, parts: Mapping[str, Part], places: Sequence[Place], actor: Actor
) -> Mapping[str, NameBook]:
    """Return the names of everybody and everything that is the same for all and to which columns may refer.

    Clients, deals and others of whom there may be a million are looked up portion by portion instead.
    """
    books: dict[str, NameBook] = {}
    for place in places:
        own = parts[place.part].record_type
        if place.line is None or place.line.path not in own.links:
            continue
        there = app.model[own.links[place.line.path].target]
        if there.key in books or not _is_short(app.model, there):
            continue
        book = await read_names(app.database, app.model, there, actor.rights, now=app.clock.now())
        books[there.key] = await _within(app, own, there, book, actor)
    return books


def _is_short(model: Model, record_type: RecordType) -> bool:
    """Tell whether the names of a type can all be held: it is the same for everybody, or hangs on what is."""
    visibility = record_type.visibility
    if record_type.key == USER or isinstance(visibility, Everyone):
        return True
    if not isinstance(visibility, Through):
        return False
    return isinstance(model[record_type.links[visibility.reference].target].visibility, Everyone)


async def _within(
    app: ImportHost, own: RecordType, there: RecordType, book: NameBook, actor: Actor
) -> NameBook:
    """Let names be told apart by another field of the same record, as stages are by the deal's pipeline."""
    visibility = there.visibility
    if not isinstance(visibility, Through):
        return book
    host = there.links[visibility.reference]
    within = next((path for path, link in own.links.items() if link.target == host.target), None)
    if within is None:
        return book
    order = app.model[host.target].default_order
    hosts = await fetch_records(
        app.database,
        app.model,
        app.model[host.target],
        actor.rights,
        now=app.clock.now(),
        order=order,
        paths=(),
    )
    places = {row["id"]: place for place, row in enumerate(hosts)}
    rows = await fetch_records(
        app.database, app.model, there, actor.rights, now=app.clock.now(), paths=(host.path,)
    )
    rows.sort(key=lambda row: (places.get(row[host.path], len(places)), int(str(row["id"]))))
    return replace(book, within=within, hosts={int(str(row["id"])): int(str(row[host.path])) for row in rows})


async def read_titles(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    ids: Collection[int],
    *,
    now: datetime,
) -> dict[int, str]:
    """Return what those records are called that this person may see, archived ones too; no hidden names."""
    if not ids:
        return {}
    title = record_type.entity.title or "name"
    if title not in record_type.lines or not rights.sees(record_type.key, title):
        return {}
    rows = await fetch_records(
        database, model, record_type, rights, now=now, ids=sorted(ids), paths=(title,), archived=True
    )
    return {int(str(row["id"])): str(row[title] or "") for row in rows}


def _key(text: str) -> str:
    # An e-mail is compared as it is: folding would make the signs in it disappear.
    return text.strip().casefold() if "@" in text else fold_key(text)


def _short_names(name: str) -> Iterator[str]:
    """Yield the ways to shorten a name: any one word of it, a word with initials of the others."""
    words = [_key(word) for word in name.split()]
    words = [word for word in words if word]
    if len(words) < 2:
        return
    for place, word in enumerate(words):
        others = [other[0] for index, other in enumerate(words) if index != place]
        yield word
        yield f"{word} {others[0]}"
        yield " ".join(sorted([word, others[0]]))
        if len(others) > 1:
            yield " ".join([word, *others])
            yield " ".join(sorted([word, *others]))
            yield f"{word} {''.join(others)}"
