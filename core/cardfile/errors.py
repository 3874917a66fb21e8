"""Every error that Cardfile raises on purpose.

CardfileError
├── DeclarationError          a plugin or the core declares something impossible: the start stops
├── SettingsError             a setting is missing or wrong: the start stops
├── DatabaseError             the database cannot do what it must
│   ├── DatabaseUnopenable    the database is not there, or does not let us in
│   └── MigrationError        a migration cannot run, or ran halfway
└── Refused                   a person asked for something that cannot be done: told politely
    ├── InvalidInput          a value is wrong; `path` says which
    │   └── InvalidInputs     several things are wrong with one input; `errors` says which
    ├── NotFound              no such record, or none that this person may see
    ├── NotAllowed            the record may be seen, the deed may not be done
    ├── VersionConflict       somebody else changed the record in between
    ├── Unauthenticated       nobody is signed in, or the sign-in failed
    ├── RateLimited           too many attempts
    ├── Busy                  others were in the way each time that it was tried
    ├── TooExpensive          a question that would cost more than is given at once
    └── FileRefused           a file that cannot or must not be read
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

from cardfile.texts import said

__all__ = [
    "Busy",
    "CardfileError",
    "DatabaseError",
    "DatabaseUnopenable",
    "DeclarationError",
    "FileRefused",
    "InvalidInput",
    "InvalidInputs",
    "MigrationError",
    "NotAllowed",
    "NotFound",
    "RateLimited",
    "Refused",
    "SettingsError",
    "TooExpensive",
    "Unauthenticated",
    "VersionConflict",
]


class Speaker(Protocol):
    """Whoever can put a message template into a person's language."""

    def say(self, template: str, **values: object) -> str:
        """Return the template in the speaker's language with its values filled in."""
        ...


class CardfileError(Exception):
    """The root of all errors that Cardfile raises on purpose."""


class DeclarationError(CardfileError):
    """A declaration is wrong; the message names plugin, key and remedy."""


class SettingsError(CardfileError):
    """A setting is missing or wrong; the message names it and a right value."""


class DatabaseError(CardfileError):
    """The database cannot do what it must."""


class DatabaseUnopenable(DatabaseError):
    """The database is not there, or does not let us in; the message says what to do."""


class MigrationError(DatabaseError):
    """A migration cannot run, ran halfway, or was edited after it ran."""


class Refused(CardfileError):
    """A deed that was asked for and cannot be done, with a sentence for the person who asked.

    `template` is the English sentence with `{named}` places; `values` fill them; `path` leads to the
    offending part of the input. The `code` is stable and meant for programs.
    """

    code: ClassVar[str] = "REFUSED"

    def __init__(self, template: str, *, path: tuple[str | int, ...] = (), **values: object) -> None:
        self.template = template
        self.values: Mapping[str, object] = values
        self.path = path
        super().__init__(template.format(**_english(values)) if values else template)

    def say(self, texts: Speaker) -> str:
        """Return the sentence in the language of `texts`."""
        return texts.say(self.template, **self.values)

    def at(self, *path: str | int) -> "Refused":
        """Put `path` in front of the error's own path, and return the error."""
        self.path = (*path, *self.path)
        return self

    @property
    def errors(self) -> tuple["Refused", ...]:
        """All that was refused: the error itself, unless several were collected."""
        return (self,)


def _english(values: Mapping[str, object]) -> dict[str, object]:
    return {key: said(value, "en") if isinstance(value, Mapping) else value for key, value in values.items()}


class InvalidInput(Refused):
    """A value is wrong."""

    code = "INVALID_INPUT"


class InvalidInputs(InvalidInput):
    """Several things are wrong with one input: all of them are told at once."""

    def __init__(self, errors: Sequence[Refused]) -> None:
        super().__init__(" ".join(map(str, errors)), path=errors[0].path)
        self._errors = tuple(errors)

    @property
    def errors(self) -> tuple[Refused, ...]:
        """All that was refused, in the order of the input."""
        return self._errors

    def at(self, *path: str | int) -> "InvalidInputs":
        """Put `path` in front of every error's path, and return the error."""
        for error in self._errors:
            error.at(*path)
        self.path = self._errors[0].path
        return self

    def say(self, texts: Speaker) -> str:
        """Return all sentences in the language of `texts`."""
        return " ".join(error.say(texts) for error in self._errors)

    def __str__(self) -> str:
        return " ".join(map(str, self._errors))


class NotFound(Refused):
    """No such record, or none that this person may see: both are told alike."""

    code = "NOT_FOUND"


class NotAllowed(Refused):
    """The record may be seen, but this deed may not be done by this person."""

    code = "NOT_ALLOWED"


class VersionConflict(Refused):
    """Somebody changed the record since the version that the caller expected."""

    code = "VERSION_CONFLICT"

    def __init__(self, *, entity: str, record: int, expected: int, current: int) -> None:
        super().__init__(
            "Somebody changed this record in between: you expected version {expected}, it is {current} now.",
            expected=expected,
            current=current,
        )
        self.entity = entity
        self.record = record
        self.current = current


class Unauthenticated(Refused):
    """Nobody is signed in, or the sign-in failed."""

    code = "UNAUTHENTICATED"


class RateLimited(Refused):
    """Too many attempts; `retry_after` says for how many seconds to wait."""

    code = "RATE_LIMITED"

    def __init__(self, template: str, *, retry_after: int, **values: object) -> None:
        super().__init__(template, path=(), retry_after=retry_after, **values)
        self.retry_after = retry_after


class Busy(Refused):
    """Others were in the way of a command each time that it was tried; it may be tried again."""

    code = "BUSY"


class TooExpensive(Refused):
    """A question whose answer would cost more than is given at once."""

    code = "QUERY_TOO_EXPENSIVE"


class FileRefused(Refused):
    """A file that cannot or must not be read."""

    code = "FILE_REFUSED"
