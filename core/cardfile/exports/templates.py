"""Templates: an empty list of one kind of records, with all the fields that there are now."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Final

from cardfile.errors import FileRefused, InvalidInput, NotAllowed
from cardfile.exports.columns import Column, custom_columns
from cardfile.exports.words import EXAMPLES, HINTS, TAGS_EXAMPLE, TAGS_HINT, form_words
from cardfile.imports.targets import Place, PlaceKind, places_of
from cardfile.journal.host import Host
from cardfile.model.fields import Field, Kind
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.record_types import RecordType
from cardfile.query.rows import fetch_records
from cardfile.rights import Actor, Scope
from cardfile.spreadsheets.forms import MOST_CHOICES, FormColumn, write_form
from cardfile.texts import said

__all__ = ["require_template", "write_template"]

_REFERRING: Final = frozenset({Kind.USER, Kind.REFERENCE})
_SHOWN: Final = 12
_KIND_OF_CUSTOM: Final = {
    "number": Kind.DECIMAL, "date": Kind.DATE, "boolean": Kind.BOOLEAN, "long_text": Kind.LONG_TEXT,
}  # fmt: skip


def require_template(app: Host, actor: Actor, entity: str) -> RecordType:
    """Return the record type; raises `InvalidInput` when lists of it cannot be imported, `NotAllowed`."""
    known = {name: one for one in app.model if one.entity.importable for name in (one.key, one.collection)}
    if entity not in known:
        raise InvalidInput(
            "Lists of {entity} cannot be imported; possible are: {known}.",
            entity=entity,
            known=", ".join(one.key for one in app.model if one.entity.importable),
        )
    if actor.rights.scope(known[entity].key, "import") is Scope.NONE:
        raise NotAllowed("You may not import these.")
    return known[entity]


async def write_template(app: Host, actor: Actor, record_type: RecordType, target: Path) -> int:
    """Write a template to an xlsx, in this person's language and with the fields that he may fill.

    Return how many columns it has. Raises `FileRefused` for a file that cannot be written.
    """
    if target.suffix.lower() != ".xlsx":
        raise FileRefused(
            "A template is written to a file that ends with .xlsx, not {name}.", name=target.name
        )
    offered = places_of(app.model, record_type, actor.rights)
    places = [place for place in offered.values() if place.kind is not PlaceKind.ID and ":" not in place.path]
    places.sort(key=lambda place: _rank(record_type, place))
    titles = Counter(place.title(actor.locale) for place in places)
    columns = [
        await _column(app, actor, record_type, place, is_alone=titles[place.title(actor.locale)] == 1)
        for place in places
    ]
    columns += [
        _custom(app, actor, column)
        for column in await custom_columns(app, actor, record_type)
        if column.path in offered and column.title not in titles
    ]
    words = form_words(said(record_type.entity.plural, actor.locale), actor.locale)
    try:
        await asyncio.to_thread(write_form, target, columns, words)
    except OSError as error:
        raise FileRefused(
            "The file “{name}” cannot be written: {reason}.", name=target.name, reason=error.strerror
        ) from error
    return len(columns)


def _rank(record_type: RecordType, place: Place) -> tuple[bool, bool, str, int]:
    """Return where a column stands: the title first, then contacts and lists, then the card from the top."""
    line = place.line
    is_title = line is not None and line.path == record_type.entity.title
    card, position = (line.card or "", line.field.position) if line is not None else ("", 0)
    return (not is_title, line is not None, card, position)


async def _column(
    app: Host, actor: Actor, record_type: RecordType, place: Place, *, is_alone: bool
) -> FormColumn:
    locale = actor.locale
    title = place.title(locale) if is_alone else f"{place.title(locale)} ({place.path})"
    if place.kind is PlaceKind.TAGS:
        return FormColumn(title, "text", said(TAGS_HINT, locale), said(TAGS_EXAMPLE, locale))
    line, link = place.line, place.link
    kind = line.kind if line is not None else link.entry if link is not None else None
    assert kind is not None, "a place is a line, a list of words or a list of entries"
    field = line.field if line is not None else None
    hint = " ".join(filter(None, (said(field.hint, locale) if field else "", said(HINTS[kind], locale))))
    example = said(EXAMPLES.get(kind, ""), locale)
    choices: list[str] = []
    if field is not None and field.options:
        choices = [said(choice.label, locale) for choice in field.options]
    elif kind is Kind.BOOLEAN and field is not None:
        choices = _yes_and_no(app, actor, field)
    elif kind in _REFERRING and line is not None and line.path in record_type.links:
        choices = await _names(app, actor, record_type.links[line.path].target)
    if choices:
        example = ", ".join(choices[: 2 if kind is Kind.CHOICES else 1])
        if kind is Kind.CHOICES:
            hint += " " + ", ".join(choices[:_SHOWN]) + ("…" if len(choices) > _SHOWN else "")
    return FormColumn(
        title,
        kind.value,
        hint,
        example,
        is_required=field is not None and field.required,
        choices=choices,
        is_strict=kind in (Kind.CHOICE, Kind.BOOLEAN),
    )


def _custom(app: Host, actor: Actor, column: Column) -> FormColumn:
    """Return the column of a field that the business has added by itself."""
    kind = _KIND_OF_CUSTOM.get(column.path.split(":")[1], Kind.TEXT)
    choices = _yes_and_no(app, actor, Field("value", "", kind)) if kind is Kind.BOOLEAN else []
    hint, example = said(HINTS[kind], actor.locale), said(EXAMPLES.get(kind, ""), actor.locale)
    return FormColumn(column.title, kind.value, hint, example, choices=choices, is_strict=bool(choices))


def _yes_and_no(app: Host, actor: Actor, field: Field) -> list[str]:
    reading = Reading(app.clock.now().date(), actor.locale)
    return [KINDS[Kind.BOOLEAN].show(value, field, reading) for value in (True, False)]


async def _names(app: Host, actor: Actor, entity: str) -> list[str]:
    """Return what the records are called that a cell may name; none when they are too many for a list.

    A name that two of them have would not tell which one is meant.
    """
    record_type = app.model[entity]
    title = record_type.entity.title or "name"
    if title not in record_type.lines or not actor.rights.sees(entity, title):
        return []
    rows = await fetch_records(
        app.database,
        app.model,
        record_type,
        actor.rights,
        now=app.clock.now(),
        paths=(title,),
        limit=MOST_CHOICES + 1,
    )
    if len(rows) > MOST_CHOICES:
        return []
    names = Counter(str(row[title] or "") for row in rows)
    return sorted(name for name, count in names.items() if name and count == 1)
