"""Passwords: hashed by argon2id in a thread, a few at once, and as slowly for names that do not exist."""

import asyncio
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from cardfile.errors import InvalidInput

__all__ = ["LONGEST", "SHORTEST", "Passwords"]

SHORTEST: Final = 10
"""How many characters a password has at least."""

LONGEST: Final = 200
"""How many characters a password has at most: longer ones only keep the server busy."""

# Of a random password that nobody kept, made with the hasher's own parameters, so that checking a name
# which does not exist takes as long as checking one that does.
_NOBODY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$QAVBkqfDQZp5rn5XiFRFjA$FDxOGOQiOhRMxmr7lePQSLteixJ+dvH8pTdFIo8+EG4"
)


class Passwords:
    """The hashing of passwords: each takes 64 MB and a third of a second, so only two are hashed at once."""

    def __init__(self, *, at_once: int = 2) -> None:
        self._hasher = PasswordHash((Argon2Hasher(),))
        self._turn = asyncio.Semaphore(at_once)

    @staticmethod
    def require_fit(password: str) -> None:
        """Raise `InvalidInput` when a new password is too short, too long or cannot be kept."""
        if len(password) < SHORTEST:
            raise InvalidInput("A password needs at least {shortest} characters.", shortest=SHORTEST)
        if len(password) > LONGEST:
            raise InvalidInput("A password has at most {longest} characters.", longest=LONGEST)
        try:
            password.encode()
        except UnicodeEncodeError:
            raise InvalidInput("This password has characters that cannot be kept.") from None

    async def hash(self, password: str) -> str:
        """Return the hash of a new password; raises `InvalidInput` when it is not fit."""
        self.require_fit(password)
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, kept: str | None) -> bool:
        """Tell whether `kept` is the hash of `password`; with None it takes as long and is not."""
        try:
            given = password[: LONGEST + 1].encode()
        except UnicodeEncodeError:
            given = b""
        async with self._turn:
            is_right = await asyncio.to_thread(self._hasher.verify, given, kept or _NOBODY)
        return is_right and kept is not None and len(password) <= LONGEST
