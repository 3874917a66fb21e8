"""A client's name and its parts: whichever is given, the other follows."""

import re
from collections.abc import Mapping, MutableMapping

from cardfile.errors import InvalidInput
from cardfile.values.names import PersonName, looks_like_company, reads_like_person, split_name

__all__ = ["NAMELESS", "complete_name", "complete_renaming"]

NAMELESS = "—"
"""The name of a client whose name nobody knows yet."""

PARTS = ("last_name", "first_name", "middle_name")
_cyrillic = re.compile("[а-яёіїєґәғқңөұүһ]", re.IGNORECASE).search


def complete_name(values: MutableMapping[str, object]) -> None:
    """Fill in what is missing of a new client's kind, name and parts of the name.

    A sheet's column "Имя" often holds whole names: a first name of several words without a last name counts
    as one, so does a person's name of several words in the column of last names, and a firm there is a firm.
    Somebody of whom only the company is known is called by that; of whom only a contact is known, `NAMELESS`.
    Raises `InvalidInput` when there is nothing to know the client by.
    """
    name, first, last = _text(values, "name"), _text(values, "first_name"), _text(values, "last_name")
    if not name and not _text(values, "middle_name"):
        if " " in first and not last:
            name, first = first, ""
            values["name"] = values.pop("first_name")
        elif not first and (looks_like_company(last) or (" " in last and reads_like_person(last))):
            name, last = last, ""
            values["name"] = values.pop("last_name")
    if name:
        if not first and not last:
            if looks_like_company(name):
                values["kind"] = "company"
            elif values.get("kind", "person") == "person":
                values.update(_parts(name))
    elif not first and not last and (company := _text(values, "company")):
        _call_by_company(values, company)
    else:
        values["name"] = _assembled(values) or _nameless(values)


def complete_renaming(was: Mapping[str, object], changes: MutableMapping[str, object]) -> None:
    """Make name and parts agree again in `changes` to a client that `was` so far."""
    is_person = changes.get("kind", was.get("kind")) == "person"
    if any(part in changes for part in PARTS):
        if "name" not in changes and is_person:
            changes["name"] = _assembled({**was, **changes}) or _text(was, "name")
    elif changes.get("name") is not None and changes["name"] != was.get("name") and is_person:
        changes.update({**dict.fromkeys(PARTS), **_parts(str(changes["name"]))})
    if "name" in changes and not changes["name"]:
        raise InvalidInput("A client needs a name.", path=("name",))


def _text(values: Mapping[str, object], key: str) -> str:
    value = values.get(key)
    return value.strip() if isinstance(value, str) else ""


def _parts(name: str) -> dict[str, object]:
    try:
        found: PersonName = split_name(name)
    except InvalidInput:
        return {}  # A name that cannot be taken apart is still a name.
    parts = zip(PARTS, (found.last, found.first, found.middle), strict=True)
    return {key: part for key, part in parts if part}


def _call_by_company(values: MutableMapping[str, object], company: str) -> None:
    """Call a client by his company where it is all that is known: in a list of firms may be people, too."""
    values["name"] = company
    if reads_like_person(company) and not looks_like_company(company):
        del values["company"]
        values.update(_parts(company))
    else:
        values["kind"] = "company"


def _assembled(values: Mapping[str, object]) -> str:
    last, first, middle = (_text(values, part) for part in PARTS)
    in_order = (last, first, middle) if _cyrillic(last + first) else (first, middle, last)
    return " ".join(part for part in in_order if part)


def _nameless(values: Mapping[str, object]) -> str:
    """Return the mark of a client of whom only a contact is known: were he called by it, his name would tell it."""
    if any(isinstance(entries := values.get(key), list | tuple) and entries for key in ("phones", "emails")):
        return NAMELESS
    raise InvalidInput(
        "A client needs a name, or a phone or e-mail to call him by until the name is known.", path=("name",)
    )
