"""Who is there twice: found by normalised contacts, by tax number, by name and birthday or company."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardfile.clients.tables import Client
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.journal.statements import chunks
from cardfile.query import fetch_records
from cardfile.values.text import fold

__all__ = [
    "Certainty",
    "Duplicate",
    "Duplicates",
    "find_duplicates",
    "holders_of_contacts",
    "holders_of_tax_numbers",
]

PORTION = 1_000
"""How many keys are looked up at once: the fastest way on both databases, with flat memory."""

MOST = 100
"""How many duplicates of one client are told at once; whoever has more has a switchboard's number."""


class Certainty(StrEnum):
    """How sure it is that two clients are one."""

    CERTAIN = "certain"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A client who may be the same as another, by his opaque id.

    The `reasons` are what both have: `phone`, `email`, `messenger`, `tax_number`, or the name and `birthday`
    or `company`.
    """

    id: str
    name: str | None
    certainty: Certainty
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """All that may be the same client, the certain ones first; `has_more` tells that there are others yet."""

    duplicates: list[Duplicate]
    has_more: bool


async def holders_of_contacts(
    call: Call, kind: str, values: Collection[str], *, action: str = "read"
) -> Mapping[str, tuple[int, ...]]:
    """Return who has which of the normalised contacts: ids of live clients, the oldest first.

    Only clients to whom the caller may do `action` are found, and nobody when contacts are hidden from him: a
    duplicate of somebody else's client must not tell that there is one.
    """
    if not call.rights.sees("contact_point", "value"):
        return {}
    found: dict[str, set[int]] = defaultdict(set)
    for portion in chunks(sorted(set(values)), PORTION):
        wanted = {"kind": {"eq": kind}, "value": {"in": portion}, "client": _LIVE}
        for row in await _rows(call, "contact_point", wanted, ("value", "client"), action):
            found[str(row["value"])].add(int(str(row["client"])))
    return {value: tuple(sorted(clients)) for value, clients in found.items()}


async def holders_of_tax_numbers(
    call: Call, numbers: Collection[str], *, action: str = "read"
) -> Mapping[str, tuple[int, ...]]:
    """Return who has which tax number: ids of live clients to whom the caller may do `action`."""
    if not call.rights.sees("client", "tax_number"):
        return {}
    found: dict[str, set[int]] = defaultdict(set)
    for portion in chunks(sorted(set(numbers)), PORTION):
        wanted = {"tax_number": {"in": portion}}
        for row in await _rows(call, "client", wanted, ("tax_number",), action):
            found[str(row["tax_number"])].add(int(str(row["id"])))
    return {value: tuple(sorted(clients)) for value, clients in found.items()}


@command(
    "client.find_duplicates",
    label={"en": "Find duplicates", "ru": "Найти дубли"},
    action="read",
    writes=False,
)
async def find_duplicates(call: Call, client: Client) -> Duplicates:
    """Return the clients that may be the same as this one, among those that the caller may see."""
    reasons: dict[int, set[str]] = defaultdict(set)
    for kind, values in (await _contacts(call, client)).items():
        for holders in (await holders_of_contacts(call, kind, values)).values():
            _note(reasons, holders, kind)
    if client.tax_number:
        for holders in (await holders_of_tax_numbers(call, [client.tax_number])).values():
            _note(reasons, holders, "tax_number")
    namesakes = await _namesakes(call, client)
    for namesake in namesakes[:MOST]:
        for key, value in _marks(call, client).items():
            if _same(value, namesake[key]):
                _note(reasons, (int(str(namesake["id"])),), key)
    reasons.pop(client.id, None)
    record_type, shows_name = call.app.model["client"], call.rights.sees("client", "name")
    sure = sorted(reasons, key=lambda one: (not reasons[one] & _CERTAIN, one))
    records = await call.load(Client, sure[:MOST])
    found = [
        Duplicate(
            record_type.global_id(record.id),
            record.name if shows_name else None,
            Certainty.CERTAIN if reasons[record.id] & _CERTAIN else Certainty.LIKELY,
            sorted(reasons[record.id]),
        )
        for record in records
    ]
    return Duplicates(found, has_more=len(sure) > MOST or len(namesakes) > MOST)


_CERTAIN = frozenset(("phone", "email", "messenger", "tax_number"))
_ALIKE = {"birthday": "eq", "company": "startsWith"}
"""What tells namesakes apart, and how those are sought who may have the same."""

_LIVE = {"archived_at": {"isNull": True}}


async def _contacts(call: Call, client: Client) -> Mapping[str, set[str]]:
    rows = await _rows(
        call, "contact_point", {"client": {"id": {"eq": client.id}}}, ("kind", "value"), "read"
    )
    contacts: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["kind"] in _CERTAIN:
            contacts[str(row["kind"])].add(str(row["value"]))
    return contacts


async def _namesakes(call: Call, client: Client) -> list[dict[str, object]]:
    """Return others of the same name with the same birthday or company: one more than are told, if there are."""
    marks = _marks(call, client)
    if not marks or not call.rights.sees("client", "name"):
        return []
    also = [{key: {_ALIKE[key]: value}} for key, value in marks.items()]
    wanted = {"name": {"startsWith": client.name}, "or": also}
    rows = await _rows(call, "client", wanted, ("name", *_ALIKE), "read", limit=MOST + 2)
    return [row for row in rows if row["id"] != client.id and _same(row["name"], client.name)]


def _marks(call: Call, client: Client) -> Mapping[str, object]:
    """Return what tells namesakes apart, as far as it is known and may be seen."""
    return {
        key: value for key in _ALIKE if (value := getattr(client, key)) and call.rights.sees("client", key)
    }


async def _rows(
    call: Call,
    entity: str,
    wanted: Mapping[str, object],
    paths: Collection[str],
    action: str,
    *,
    limit: int | None = None,
) -> list[dict[str, object]]:
    return await fetch_records(
        call.app.database,
        call.app.model,
        call.app.model[entity],
        call.rights,
        now=call.now,
        action=action,
        filter=wanted,
        paths=paths,
        limit=limit,
    )


def _note(reasons: dict[int, set[str]], clients: Iterable[int], reason: str) -> None:
    for client in clients:
        reasons[client].add(reason)


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return fold(one) == fold(other)
    return one == other
