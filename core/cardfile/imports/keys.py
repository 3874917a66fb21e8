"""By what the records of a list are recognised: contacts, fields that are unique, or those that somebody chose."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cardfile.errors import InvalidInput
from cardfile.journal.entries import Entry
from cardfile.journal.plans import Plan
from cardfile.model.fields import Kind
from cardfile.rights import Rights
from cardfile.values.requisites import parse_inn
from cardfile.values.text import fold

__all__ = ["EMPTY", "Key", "KeyFields", "Keys", "forms_of", "keys_of"]

Key = tuple[str, object]
"""What a record is known by: which fields, and their values in a form in which equal ones are equal."""

EMPTY: Final = (None, "", ())

_CONTACTS: Final = (Kind.PHONE, Kind.EMAIL)
_TAX_NUMBER: Final = "tax_number"


@dataclass(frozen=True, slots=True)
class KeyFields:
    """Fields of a record that together are a key; `name` tells it from other keys."""

    paths: tuple[str, ...]

    @property
    def name(self) -> str:
        """The paths in one word."""
        return "+".join(self.paths)

    def in_values(self, values: Mapping[str, object]) -> Key | None:
        """Return the key in a row, None when one of its fields is empty."""
        found = []
        for path in self.paths:
            value = values.get(path)
            if value in EMPTY:
                return None
            found.append(_comparable(path, value))
        return self.name, tuple(found)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a part: lists of contacts and `sure` fields, each of which tells whose row it is by itself.

    By what is in `alike`, in that order, a row is taken for one of the records that have no more than that.
    """

    contacts: frozenset[str] = frozenset()
    sure: tuple[KeyFields, ...] = ()
    alike: tuple[KeyFields, ...] = ()

    def in_values(self, values: Mapping[str, object]) -> list[Key]:
        """Return the keys of a row by each of which it is known."""
        found: list[Key] = []
        for path in self.contacts:
            entries = values.get(path)
            if isinstance(entries, tuple):
                found += [(path, one.value) for one in entries if isinstance(one, Entry)]
        found += [key for fields in self.sure if (key := fields.in_values(values)) is not None]
        return found


def keys_of(plan: Plan, rights: Rights, given: Collection[str], chosen: Sequence[str] = ()) -> Keys:
    """Return the keys of a list that fills the fields in `given`; nothing is known by what is hidden.

    `chosen` are the paths that somebody chose instead of the usual ones: lists of contacts and fields that are
    unique count each by itself, all others together.
    """
    record_type = plan.record_type
    entity = record_type.entity

    def is_usable(paths: Sequence[str]) -> bool:
        return all(
            path in record_type.lines and path in given and rights.sees(record_type.key, path)
            for path in paths
        )

    contacts = {
        path
        for path, entry in plan.entries.items()
        if path in given and entry.kind in _CONTACTS and rights.sees(entry.target, "value")
    }
    unique = [(one,) if isinstance(one, str) else one for one in (*entity.known_by, *entity.unique)]
    if not chosen:
        sure = tuple(KeyFields(tuple(paths)) for paths in unique if is_usable(paths))
        alike = tuple(KeyFields(paths) for paths in entity.alike if is_usable(paths))
        return Keys(frozenset(contacts), sure, alike)
    for path in chosen:
        if path not in contacts and not is_usable((path,)):
            known = ", ".join(sorted(given))
            raise InvalidInput("By {key} no row can be told; there are: {known}.", key=path, known=known)
    alone = [path for path in chosen if (path,) in unique]
    together = tuple(path for path in chosen if path not in contacts and path not in alone)
    fields = [(path,) for path in alone] + ([together] if together else [])
    return Keys(frozenset(contacts.intersection(chosen)), tuple(KeyFields(paths) for paths in fields))


def forms_of(path: str, value: object) -> Collection[object]:
    """Return the forms in which a record may keep what a row gives: a tax number with and without its first zero."""
    return {value, _comparable(path, value)} if path == _TAX_NUMBER else (value,)


def _comparable(path: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    if path == _TAX_NUMBER:
        try:
            return parse_inn(value)
        except InvalidInput:
            return value
    return fold(value)
