"""What holds for every client, whoever writes him: a form, an import, a plugin or a program."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from cardfile.clients.contacts import complete_contact
from cardfile.clients.interactions import complete_interaction, is_contact
from cardfile.clients.names import PARTS, complete_name, complete_renaming
from cardfile.clients.tables import Client, ClientStanding, ContactPoint
from cardfile.database.tables import Record
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.plugins.hookspecs import hookimpl
from cardfile.timeline.tables import Interaction
from cardfile.values.requisites import parse_inn

__all__ = ["ClientRules"]


class ClientRules:
    """What the plugin of the core inherits: names agree with their parts, standings have a history."""

    @hookimpl
    async def records_creating(
        self, call: Call, entity: str, rows: Sequence[MutableMapping[str, object]]
    ) -> None:
        """Complete new clients, contacts and interactions."""
        if complete := COMPLETE.get(entity):
            for values in rows:
                complete(call, values)

    @hookimpl
    async def record_creating(self, call: Call, entity: str, values: MutableMapping[str, object]) -> None:
        """Complete a new client, contact or interaction."""
        await self.records_creating(call, entity, [values])

    @hookimpl
    async def record_changing(
        self, call: Call, entity: str, record: Record, changes: MutableMapping[str, object]
    ) -> None:
        """Keep a changed client's name, requisites and standing in agreement, and contacts in their form."""
        if isinstance(record, ContactPoint) and changes.keys() & {"value", "kind"}:
            changes.setdefault("value", record.value)
            complete_contact(changes, changes.get("kind", record.kind), region=call.settings.region)
        if isinstance(record, Interaction) and changes.keys() & {"kind", "state"}:
            was = {"kind": record.kind, "state": record.state}
            changes["is_contact"] = is_contact({**was, **changes})
        if not isinstance(record, Client):
            return
        if changes.keys() & {"name", "kind", *PARTS}:
            complete_renaming({key: getattr(record, key) for key in ("kind", "name", *PARTS)}, changes)
        _complete_requisites(changes)
        if changes.get("standing", record.standing) != record.standing:
            changes["standing_since"] = call.now
            changes.setdefault("standing_reason", None)
            await call.create(
                ClientStanding,
                {
                    "client": record.id,
                    "was": record.standing,
                    "became": changes["standing"],
                    "at": call.now,
                    "reason": changes["standing_reason"],
                },
            )


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
