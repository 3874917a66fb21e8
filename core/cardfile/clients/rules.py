"""What holds for every client, whoever writes him: a form, an import, a plugin or a program."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from cardfile.clients.contacts import complete_contact
from cardfile.clients.custom_fields import complete_custom_values, refuse_new_kind
from cardfile.clients.interactions import complete_interaction, is_contact
from cardfile.clients.names import PARTS, complete_name, complete_renaming
from cardfile.clients.tables import ClientStanding
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.plugins.hookspecs import Befores
from cardfile.values.requisites import parse_inn

__all__ = ["ClientRules"]


Row = Mapping[str, object]
Changes = MutableMapping[str, object]

CLIENT: Final = "client"
CUSTOM_VALUE: Final = "custom_value"
NAMING: Final = frozenset(("kind", "name", *PARTS))


class ClientRules:
    """What the core asks of clients: names agree with their parts, standings have a history."""

    async def records_creating(
        self, call: Call, entity: str, rows: Sequence[MutableMapping[str, object]]
    ) -> None:
        """Complete new clients, contacts and interactions."""
        if complete := COMPLETE.get(entity):
            for values in rows:
                complete(call, values)
        if entity == CUSTOM_VALUE:
            await complete_custom_values(call, rows, [{}] * len(rows))

    async def records_changing(
        self, call: Call, entity: str, befores: Befores, changes: Mapping[int, Changes]
    ) -> None:
        """Keep changed clients' names, requisites and standings in agreement, and contacts in their form."""
        watched = WATCHED.get(entity)
        if watched is None or watched.isdisjoint(set().union(*changes.values())):
            return
        rows = await befores()
        for record, values in changes.items():
            if not watched.isdisjoint(values):
                AGREE[entity](call, rows[record], values)
        if entity == CUSTOM_VALUE:
            await complete_custom_values(call, list(changes.values()), [rows[record] for record in changes])
        if entity == CLIENT:
            await _note_standings(call, rows, changes)


def _agree_contact(call: Call, was: Row, values: Changes) -> None:
    values.setdefault("value", was.get("value"))
    complete_contact(values, values.get("kind", was.get("kind")), region=call.settings.region)


def _agree_interaction(_call: Call, was: Row, values: Changes) -> None:
    values["is_contact"] = is_contact({"kind": was.get("kind"), "state": was.get("state"), **values})


def _agree_client(_call: Call, was: Row, values: Changes) -> None:
    if not NAMING.isdisjoint(values):
        complete_renaming({key: was.get(key) for key in NAMING}, values)
    _complete_requisites(values)


def _agree_custom_field(_call: Call, was: Row, values: Changes) -> None:
    refuse_new_kind(was, values)


def _agree_custom_value(_call: Call, was: Row, values: Changes) -> None:
    if values.get("field", was.get("field")) != was.get("field"):
        values.setdefault("value", was.get("value"))


async def _note_standings(call: Call, befores: Mapping[int, Row], changes: Mapping[int, Changes]) -> None:
    """Keep the history of the standings that change."""
    history: list[Row] = []
    for record, values in changes.items():
        was = befores[record].get("standing")
        if values.get("standing", was) != was:
            values["standing_since"] = call.now
            reason = values.setdefault("standing_reason", None)
            became = values["standing"]
            history.append({"client": record, "was": was, "became": became, "at": call.now, "reason": reason})
    await call.bulk_create(ClientStanding, history)


def _complete_client(call: Call, values: MutableMapping[str, object]) -> None:
    complete_name(values)
    _complete_requisites(values)
    if values.get("standing_since") is None:
        values["standing_since"] = call.now


def _complete_contact(call: Call, values: MutableMapping[str, object]) -> None:
    complete_contact(values, values.get("kind"), region=call.settings.region)


COMPLETE: Final[Mapping[str, Callable[[Call, MutableMapping[str, object]], None]]] = {
    "client": _complete_client,
    "contact_point": _complete_contact,
    "interaction": complete_interaction,
}

"""What completes new records of an entity."""

AGREE: Final[Mapping[str, Callable[[Call, Row, Changes], None]]] = {
    CLIENT: _agree_client,
    "contact_point": _agree_contact,
    "interaction": _agree_interaction,
    "custom_field": _agree_custom_field,
    CUSTOM_VALUE: _agree_custom_value,
}
"""What brings changes of a record into agreement with the rest of it."""

WATCHED: Final[Mapping[str, frozenset[str]]] = {
    CLIENT: NAMING | {"tax_number", "zone", "standing"},
    "contact_point": frozenset(("value", "kind")),
    "interaction": frozenset(("kind", "state")),
    "custom_field": frozenset(("kind",)),
    CUSTOM_VALUE: frozenset(("value", "field")),
}
"""The fields whose changes concern us."""


def _complete_requisites(values: MutableMapping[str, object]) -> None:
    number = values.get("tax_number")
    if isinstance(number, str) and number:
        try:
            values["tax_number"] = parse_inn(number)
        except InvalidInput:
            values["tax_number"] = number  # Other countries number their taxpayers otherwise.
    zone = values.get("zone")
    if isinstance(zone, str) and zone:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):  # unknown, absolute, or a folder of zones
            raise InvalidInput(
                "{value} is no time zone: write it like Europe/Moscow.", value=zone, path=("zone",)
            ) from None
