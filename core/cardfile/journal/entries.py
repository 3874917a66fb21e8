"""Lists that are written as plain texts: phones, e-mails, messengers of a client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cardfile.errors import InvalidInput, InvalidInputs, Refused
from cardfile.journal.plans import EntryPlan
from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.names import snake
from cardfile.values.phone import parse_phone

__all__ = ["Entry", "kept_entries", "read_entries"]

MAX_ENTRIES: Final = 50
KNOWN: Final = ("value", "raw", "label", "is_primary", "extension")


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a list: as it is kept, as it was typed, and what people call it.

    Typed otherwise it is still the same entry.
    """

    value: str
    raw: str = field(default="", compare=False)
    label: str | None = None
    is_primary: bool = False
    extension: str | None = None


def read_entries(plan: EntryPlan, given: object, reading: Reading) -> tuple[Entry, ...]:
    """Return what was typed as entries, none twice and exactly one of them the main one.

    A text, a mapping (`value`, `label`, `isPrimary`), an `Entry` or a list of these; None is an empty list.
    """
    items = _items(given)
    if not items:
        return ()
    if len(items) == 1:
        return _only(plan, items[0], reading)
    if len(items) > MAX_ENTRIES:
        raise InvalidInput(
            "At most {longest} may be given here, not {number}.", longest=MAX_ENTRIES, number=len(items)
        )
    found: dict[str, Entry] = {}
    errors: list[Refused] = []
    for index, item in enumerate(items):
        try:
            entry = item if isinstance(item, Entry) else _entry(plan, item, reading)
        except Refused as error:
            errors.append(error.at(index))
            continue
        if entry is not None:
            found.setdefault(entry.value, entry)
    if errors:
        raise errors[0] if len(errors) == 1 else InvalidInputs(errors)
    return _with_one_primary(tuple(found.values())) if found else ()


def _items(given: object) -> Sequence[object]:
    if given is None:
        return ()
    if isinstance(given, list | tuple):
        return given
    return (given,)


def _only(plan: EntryPlan, item: object, reading: Reading) -> tuple[Entry, ...]:
    if isinstance(item, Entry):
        return _with_one_primary((item,))
    try:
        entry = _entry(plan, item, reading, is_alone=True)
    except Refused as error:
        raise error.at(0) from None
    return () if entry is None else (entry,)


def _entry(plan: EntryPlan, item: object, reading: Reading, *, is_alone: bool = False) -> Entry | None:
    label, is_primary, extension = None, is_alone, None
    if type(item) is not str and isinstance(item, Mapping):
        parts = {snake(str(key)): value for key, value in item.items()}
        unknown = [key for key in parts if key not in KNOWN]
        if unknown:
            raise InvalidInput(
                "There is no {name} here; known are: {known}.", name=unknown[0], known=", ".join(KNOWN)
            )
        label = str(parts["label"]).strip()[:100] or None if parts.get("label") else None
        is_primary = is_alone or parts.get("is_primary") is True
        extension = str(parts["extension"])[:20] if parts.get("extension") else None
        raw = parts.get("raw") or parts.get("value")
        item = parts.get("value") or raw
        typed = str(raw or "")
    else:
        typed = str(item)
    if item is None or (isinstance(item, str) and not item.strip()):
        return None
    if plan.kind is Kind.PHONE:
        phone = parse_phone(item, region=reading.region)
        return Entry(phone.e164, typed[:200], label, is_primary, extension or phone.extension)
    value = KINDS[plan.kind].parse(item, plan.field, reading)
    return Entry(str(value), typed[:1_000], label, is_primary, extension)


def _with_one_primary(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    if [entry.is_primary for entry in entries].count(True) == 1:
        return entries
    main = next((entry for entry in entries if entry.is_primary), entries[0])
    return tuple(Entry(one.value, one.raw, one.label, one is main, one.extension) for one in entries)


def kept_entries(told: object) -> tuple[Entry, ...]:
    """Return the entries that an event kept."""
    if not isinstance(told, list):
        return ()
    return tuple(Entry(**one) for one in told)
