"""What a run is about: its client and its deal, whose it is, and whether it matches a filter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cardfile.clients.tables import Client
from cardfile.database.tables import Record
from cardfile.deals.tables import Deal
from cardfile.journal.calls import Call
from cardfile.processes.tables import ProcessRun
from cardfile.rights import EVERYTHING

__all__ = ["Subject", "matches", "subject_of"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A client, and his deal when the run is about that."""

    client: Client
    deal: Deal | None

    @property
    def record(self) -> Record:
        """The record that filters are asked of."""
        return self.deal or self.client

    @property
    def owner(self) -> int | None:
        """Whose the record is."""
        owner = self.deal.owner if self.deal is not None else self.client.owner
        return owner if isinstance(owner, int) else None


async def subject_of(call: Call, run: ProcessRun) -> Subject:
    """Return what a run is about, whoever asks."""
    client = await call.get(Client, _id(run.client), rights=EVERYTHING)
    deal = await call.get(Deal, _id(run.deal), rights=EVERYTHING) if run.deal is not None else None
    return Subject(client, deal)


async def matches(call: Call, subject: Subject, where: Mapping[str, Any]) -> bool:
    """Tell whether the record matches a filter as it is now, whatever the person at hand may see of it."""
    if not where:
        return True
    record = subject.record
    wanted = {"and": [{"id": {"eq": record.id}}, dict(where)]}
    return await call.count(type(record), filter=wanted, rights=EVERYTHING) == 1


def _id(reference: object) -> int:
    if isinstance(reference, int):
        return reference
    raise TypeError(f"{reference!r} is no id of a record: this was read without its references")
