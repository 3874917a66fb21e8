"""What imports and exports need of the app that stands above them."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from cardfile.access.access import Access
from cardfile.jobs.jobs import Jobs
from cardfile.journal.host import Host
from cardfile.journal.unit_of_work import UnitOfWork
from cardfile.rights import Actor
from cardfile.spreadsheets.reader import SheetReaders

__all__ = ["ImportHost", "host_of"]


class ImportHost(Host, Protocol):
    """The app: what the journal knows of it, and people, files, jobs and units of work besides."""

    @property
    def access(self) -> Access:
        """People and files."""
        ...

    @property
    def jobs(self) -> Jobs:
        """What is done later."""
        ...

    @property
    def sheets(self) -> SheetReaders:
        """Who reads foreign files."""
        ...

    def unit_of_work(
        self, actor: Actor, *, via: str | None = None, batch: int | None = None, cause: int | None = None
    ) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit of work."""
        ...


def host_of(app: Host) -> ImportHost:
    """Return the app of a command as imports know it; raises `TypeError` when it has no people and jobs."""
    if not isinstance(getattr(app, "access", None), Access) or not isinstance(
        getattr(app, "jobs", None), Jobs
    ):
        raise TypeError("the app of this command has no access or no jobs: it was not built by App.build")
    return app  # type: ignore[return-value]  # the two that matter were looked at
