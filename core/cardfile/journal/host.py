"""What the journal needs of the app that it serves."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from cardfile.clock import Clock
from cardfile.database.database import Database
from cardfile.journal.commands import CommandBook
from cardfile.model.kinds import Reading
from cardfile.model.model import Model
from cardfile.rights import Actor
from cardfile.settings import Settings
from cardfile.texts import Texts

__all__ = ["Hooks", "Host", "reading_of"]


class Hooks(Protocol):
    """Whoever asks the plugins before something is done."""

    def has(self, spec: str, /) -> bool:
        """Tell whether any plugin takes part in the hook."""
        ...

    async def each(self, spec: str, /, **values: object) -> None:
        """Call a hook that may refuse what is about to be done."""
        ...

    async def each_creating(
        self, call: object, entity: str, rows: Sequence[MutableMapping[str, object]], /
    ) -> None:
        """Show new records, which may still be changed."""
        ...

    async def each_changing(
        self,
        call: object,
        entity: str,
        records: Callable[[], Awaitable[Mapping[int, object]]],
        befores: Callable[[], Awaitable[Mapping[int, Mapping[str, object]]]],
        changes: Mapping[int, MutableMapping[str, object]],
        /,
    ) -> None:
        """Show changes of records, which may still be changed themselves."""
        ...


class Host(Protocol):
    """The app, as far as the journal knows it."""

    @property
    def settings(self) -> Settings:
        """What the installation has set."""
        ...

    @property
    def model(self) -> Model:
        """What exists."""
        ...

    @property
    def database(self) -> Database:
        """Where it is kept."""
        ...

    @property
    def hooks(self) -> Hooks:
        """The plugins' part in writes."""
        ...

    @property
    def commands(self) -> CommandBook:
        """What can be done."""
        ...

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...

    def texts(self, locale: str, /) -> Texts:
        """Return the speaker of a language."""
        ...


def reading_of(host: Host, actor: Actor, now: datetime) -> Reading:
    """Return how what this person types is to be understood."""
    return Reading(
        today=now.astimezone(ZoneInfo(actor.zone)).date(),
        locale=actor.locale,
        zone=actor.zone,
        region=host.settings.region,
        currency=host.settings.currency,
    )
