"""What tasks need of the app that their commands run in."""

from typing import Any, Protocol

from cardfile.access.access import Access
from cardfile.clock import Clock
from cardfile.database.database import Database
from cardfile.journal.calls import Call
from cardfile.model.model import Model
from cardfile.settings import Settings

__all__ = ["Jobs", "TaskHouse", "house_of"]


class Jobs(Protocol):
    """Whoever does what is put in, later."""

    async def enqueue(self, kind: str, payload: Any = None) -> int | None:
        """Put in a job, in the transaction that this task is in."""
        ...


class TaskHouse(Protocol):
    """The app, as far as tasks know it."""

    @property
    def settings(self) -> Settings:
        """What the installation has set."""
        ...

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...

    @property
    def database(self) -> Database:
        """Where it is kept."""
        ...

    @property
    def model(self) -> Model:
        """What exists."""
        ...

    @property
    def access(self) -> Access:
        """Who is who."""
        ...

    @property
    def jobs(self) -> Jobs:
        """The jobs."""
        ...


def house_of(call: Call) -> TaskHouse:
    """Return the app in which a command runs, jobs and all."""
    app: Any = call.app
    if not hasattr(app, "jobs"):
        raise TypeError("the app of this command has no jobs: it was not built by App.build")
    house: TaskHouse = app
    return house
