"""Two clients who are one: everything that points to the one is turned to the other."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from cardfile.access import move_shares
from cardfile.clients.choices import Standing
from cardfile.clients.names import PARTS
from cardfile.clients.tables import Client, ContactPoint
from cardfile.errors import NotAllowed, Refused
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.model.fields import Kind
from cardfile.model.record_types import Link, RecordType
from cardfile.query import fetch_records
from cardfile.rights import EVERYTHING
from cardfile.values.text import fold

__all__ = ["merge_clients"]

Row = Mapping[str, object]

FURTHER = (Standing.LEAD, Standing.LOST, Standing.POTENTIAL, Standing.ACTIVE, Standing.PERMANENT)
"""Standings in the order in which a merger prefers them."""


@command(
    "client.merge",
    label={"en": "Merge", "ru": "Объединить"},
    done={"en": "merged with another", "ru": "объединение"},
    also={"client.merged_away": {"en": "merged into another", "ru": "объединение с другим клиентом"}},
)
async def merge_clients(
    call: Call,
    client: Client,
    other: Annotated[Client, "The card that goes into it and into the archive."],
    note: Annotated[str | None, "Why, for the history."] = None,
) -> Client:
    """Merge the client `other` into this one, which keeps its own values and gets those that it lacks.

    Everything that points to the other is turned to this one: lists, histories and references of all plugins,
    found from the model; what this client has already is archived with the other. Whoever was let see the
    other sees this one. Fields that the caller may not change are not filled in. Events keep their record
    and show on this client's timeline. `client.unmerge` undoes all of it.
    """
    await _require_mergeable(call, client, other)
    for record_type in call.app.model.types.values():
        if not record_type.entity.read_only:
            for link in _ways_to_client(record_type):
                await _turn(call, record_type, link, client.id, other.id)
    await move_shares(call, "client", to=client.id, away=other.id)
    await call.write(other, merged_into=client.id)
    await call.archive(other)
    changes = await _gains(call, client, other)
    merged = await call.write(client, changes) if changes else client
    call.record("client.merged", merged, other=other.id, note=note)
    call.record("client.merged_away", other, into=client.id)
    return merged


async def _require_mergeable(call: Call, client: Client, other: Client) -> None:
    if client.id == other.id:
        raise Refused("A client cannot be merged with himself: choose another one.", path=("otherId",))
    if (await call.values(other))["archived_at"]:
        raise Refused(
            "{name} is archived: restore the record first.", name=call.told(other, "name"), path=("otherId",)
        )
    if not await call.load(Client, [other.id], action="merge"):
        raise NotAllowed(
            "You may not merge {name} into another client.", name=call.told(other, "name"), path=("otherId",)
        )


def _ways_to_client(record_type: RecordType) -> Iterable[Link]:
    return [link for link in record_type.links.values() if link.target == "client" and link.column == "id"]


async def _turn(call: Call, record_type: RecordType, link: Link, winner: int, loser: int) -> None:
    """Let the records of a type that point to the loser point to the winner."""
    keys = [columns for columns in _unique_with(record_type, link) if _are_lines(record_type, columns)]
    paths = sorted({column for columns in keys for column in columns})
    theirs = await _pointing(call, record_type, link, loser, [*paths, *_primary(record_type)])
    if not theirs:
        return
    ours = await _pointing(call, record_type, link, winner, [*paths, *_primary(record_type)]) if keys else []
    taken = {(columns, _values(row, columns)) for row in ours if _is_live(row) for columns in keys}
    doubled = [
        row
        for row in theirs
        if _is_live(row) and any((columns, _values(row, columns)) in taken for columns in keys)
    ]
    stay = {row["id"] for row in doubled}
    table = record_type.records
    for record in await call.load(table, [int(str(row["id"])) for row in doubled], rights=EVERYTHING):
        await call.archive(record)
    has_primary = {row["kind"] for row in ours if _is_live(row) and row.get("is_primary")} if ours else set()
    changes: dict[int, dict[str, object]] = {}
    for row in theirs:
        if row["id"] not in stay:
            changes[int(str(row["id"]))] = {link.path: winner}
            if row.get("is_primary") and row.get("kind") in has_primary:
                changes[int(str(row["id"]))]["is_primary"] = False
    await call.bulk_write(table, changes, rights=EVERYTHING)


def _unique_with(record_type: RecordType, link: Link) -> list[tuple[str, ...]]:
    """Return the columns that are unique together with the reference, without it."""
    if link.card is not None:
        return []
    together = [(one,) if isinstance(one, str) else one for one in record_type.entity.unique]
    return [tuple(c for c in columns if c != link.source) for columns in together if link.source in columns]


def _are_lines(record_type: RecordType, columns: Sequence[str]) -> bool:
    return all(column in record_type.lines for column in columns)


def _primary(record_type: RecordType) -> tuple[str, ...]:
    return ("kind", "is_primary") if record_type.entity.table is ContactPoint else ()


async def _pointing(
    call: Call, record_type: RecordType, link: Link, client: int, paths: Sequence[str]
) -> list[dict[str, object]]:
    """Return all records of a type that point to a client, archived and unseen ones too."""
    wanted: Mapping[str, object] = {link.key: {"id": {"eq": client}}}
    return await fetch_records(
        call.app.database,
        call.app.model,
        record_type,
        EVERYTHING,
        now=call.now,
        filter={link.group: wanted} if link.group else wanted,
        order=("id",),
        archived=True,
        paths=[*paths, "archived_at"],
    )


def _values(row: Row, columns: Sequence[str]) -> tuple[object, ...]:
    return tuple(row[column] for column in columns)


def _is_live(row: Row) -> bool:
    return row.get("archived_at") is None


async def _gains(call: Call, client: Client, other: Client) -> dict[str, object]:
    """Return what the client gets from the other: values that it lacks, choices beside its own.

    What the merging person could not fill in himself stays as it is.
    """
    ours, theirs = await call.values(client), await call.values(other)
    gains: dict[str, object] = {}
    for path, line in call.app.model["client"].lines.items():
        if not line.field.is_editable or theirs[path] in (None, ""):
            continue
        mine, yours = ours[path], theirs[path]
        if line.kind is Kind.CHOICES:
            united = tuple(dict.fromkeys((*_choices(mine), *_choices(yours))))
            gains |= {path: united} if united != mine else {}
        elif mine in (None, ""):
            gains[path] = yours
    if not _may_share_name(ours, theirs):
        for part in PARTS:
            gains.pop(part, None)
    if FURTHER.index(Standing(client.standing)) < FURTHER.index(Standing(other.standing)):
        gains |= {"standing": other.standing, "standing_reason": other.standing_reason}
    return {path: value for path, value in gains.items() if call.rights.edits("client", path)}


def _choices(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _may_share_name(one: Row, other: Row) -> bool:
    """Tell whether the known parts of two names do not contradict each other."""
    pairs = ((one[part], other[part]) for part in PARTS)
    return all(fold(str(a)) == fold(str(b)) for a, b in pairs if a and b)
