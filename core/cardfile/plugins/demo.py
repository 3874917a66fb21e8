"""Made-up data to try an edition with: what a plugin's `demo` is given."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cardfile.app import App

__all__ = ["Demo", "SignIn"]


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who can sign in to the demo, and what he shows."""

    email: str
    password: str
    role: str
    user: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo while it is being made: the app, a random generator that always gives the same, the time.

    Plugins are asked in the order of loading, so `sign_ins` already holds the people of the core: an owner,
    a head and managers. `queries` are GraphQL documents worth pasting, of which the last is shown. `size` is
    how many records of the main sort to make; `say` tells of progress.
    """

    app: "App"
    random: Random
    now: datetime
    size: int
    say: Callable[[str], None]
    sign_ins: list[SignIn] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    def new_password(self) -> str:
        """Return a password that is hard to guess; the demo prints it."""
        return secrets.token_urlsafe(9)

    def users(self, role: str) -> list[int]:
        """Return the ids of the people with `role`, in the order in which they were made."""
        return [one.user for one in self.sign_ins if one.role == role]
