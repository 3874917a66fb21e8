"""Where the columns of a list may go: every field of the model that an import may fill."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cardfile.errors import InvalidInput
from cardfile.imports.custom import CUSTOM_VALUE, read_custom, wished_custom
from cardfile.imports.headings import name_key
from cardfile.imports.mapping import Target
from cardfile.imports.parts import MAIN, Part, Side, parts_of
from cardfile.model.fields import Kind, label_of, labels_of
from cardfile.model.model import Model
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.rights import Rights
from cardfile.texts import LOCALES, Label, said
from cardfile.values.text import fold_key

__all__ = [
    "ADDRESS",
    "ID_PATH",
    "Place",
    "PlaceKind",
    "Places",
    "Tagging",
    "places_of",
    "read_path",
    "tagging_of",
]

ID_PATH: Final = "id"
ADDRESS: Final = "address"
"""The text that may stand in several columns: the street, the house, the flat."""

_ID_LABEL: Final[Label] = {"en": "Record ID", "ru": "Код записи"}
_NEVER: Final = frozenset({Kind.FILE})
_STEM: Final = 5
"""By how many letters a word is known as another form of the same word."""

_last_step = re.compile(r"[^.:]+$").search


class PlaceKind(StrEnum):
    """What a place is filled with."""

    VALUE = "value"
    ENTRIES = "entries"
    TAGS = "tags"
    CUSTOM = "custom"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Tagging:
    """A list of words on a record: `link` leads to the rows, whose reference `line` names a word."""

    link: Link
    line: Line
    words: RecordType


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a column can fill: a field, an entry list, a list of tags, or the record's own id.

    `own` is its path in the record of its part, `path` that in the row: `amount`, and `deal:amount` in a list of
    clients. `of` is what people call the part, None for the list's own. `contacts` are the lists of phones and e-mails
    of the same record: a cell may hold both.
    """

    path: str
    label: Label
    kind: PlaceKind
    target: Target
    line: Line | None = None
    link: Link | None = None
    tagging: Tagging | None = None
    part: str = MAIN
    own: str = ""
    of: Label | None = None
    contacts: Mapping[Kind, str] = field(default_factory=dict)

    def title(self, locale: str) -> str:
        """Return what people call the place."""
        title = label_of(self.line.field, locale) if self.line else said(self.label, locale)
        return title if self.of is None else f"{said(self.of, locale)}: {title}"


class Places(dict[str, Place]):
    """Places by their paths; beside those that it lists it has a place for every custom field that one may fill."""

    def __init__(self, places: Mapping[str, Place], *, has_custom: bool) -> None:
        super().__init__(places)
        self._has_custom = has_custom

    def __missing__(self, path: str) -> Place:
        told = read_custom(path) if self._has_custom else None
        if told is None:
            raise KeyError(path)
        _, label = told
        return Place(path, label, PlaceKind.CUSTOM, Target((path,), (label,)), part=path, own="value")

    def __contains__(self, path: object) -> bool:
        return super().__contains__(path) or (
            self._has_custom and isinstance(path, str) and read_custom(path) is not None
        )


def places_of(model: Model, record_type: RecordType, rights: Rights) -> Places:
    """Return all places that this person may fill by an import, by path, those of other parts of a row too."""
    found: dict[str, Place] = {}
    taken: set[str] = set()
    parts = parts_of(model, record_type, rights)
    for part in sorted(parts, key=lambda one: one.side is not Side.MAIN):
        places = list(_places(model, part.record_type, rights))
        if part.side is not Side.MAIN:
            places = [_in_part(part, place, taken) for place in places]
        found |= {place.path: place for place in places}
        taken.update(*(place.target.keys for place in places))
    return Places(found, has_custom=_may_fill_custom(model, record_type, rights))


def _may_fill_custom(model: Model, record_type: RecordType, rights: Rights) -> bool:
    """Tell whether records of a type have custom fields, and this person may give them values."""
    if CUSTOM_VALUE not in model or not rights.edits(CUSTOM_VALUE, "value"):
        return False
    return any(
        link.target == CUSTOM_VALUE and rights.edits(record_type.key, link.path)
        for link in record_type.links.values()
    )


def read_path(text: str, places: Mapping[str, Place], locale: str, *, heading: str = "") -> str:
    """Return the path that somebody means by `fitness.goal`, `goal` or the label in any language.

    `custom:number` is a custom field that is called as the column is, by its `heading`. Raises `InvalidInput` with
    the places there are.
    """
    custom = wished_custom(text, heading)
    if custom is not None and custom in places:
        return custom
    if text in places:
        return text
    key = fold_key(text)
    for fits in (
        lambda place: place.own == text and place.part == MAIN,
        lambda place: (step := _last_step(place.path)) is not None and step[0] == text,
        lambda place: key in place.target.keys,
    ):
        found = [path for path, place in places.items() if fits(place)]
        if len(found) == 1:
            return found[0]
    known = ", ".join(f"{path} ({place.title(locale)})" for path, place in places.items())
    raise InvalidInput("There is no field {name} here; there are: {known}.", name=text, known=known)


def _places(model: Model, record_type: RecordType, rights: Rights) -> Iterator[Place]:
    key = record_type.key
    for line in record_type.lines.values():
        is_offered = line.field.is_editable and line.field.transfer and line.kind not in _NEVER
        if is_offered and rights.edits(key, line.path):
            yield Place(
                line.path, line.field.label, PlaceKind.VALUE, _target_of_line(line), line=line, own=line.path
            )
    links = [
        link for link in record_type.links.values() if link.group is None and rights.edits(key, link.path)
    ]
    contacts: dict[Kind, str] = {
        link.entry: link.path for link in links if link.entry is Kind.PHONE or link.entry is Kind.EMAIL
    }
    for link in links:
        if link.entry is not None:
            target = Target((link.path,), _names(link.label), link.synonyms, link.entry.value, True)
            yield Place(
                link.path, link.label, PlaceKind.ENTRIES, target, link=link, own=link.path, contacts=contacts
            )
        elif tagging := tagging_of(model, link):
            target = Target((link.path,), _names(link.label), link.synonyms, "text", True)
            yield Place(
                link.path, link.label, PlaceKind.TAGS, target, link=link, tagging=tagging, own=link.path
            )
    yield Place(ID_PATH, _ID_LABEL, PlaceKind.ID, Target((ID_PATH,), _names(_ID_LABEL)), own=ID_PATH)


def _in_part(part: Part, place: Place, taken: set[str]) -> Place:
    """Return a place as one of another part, known by headers that do not mean something else already.

    What hangs on the list's own records is known by headers that speak of it: whoever writes `Amount` beside
    his clients has not thereby made deals of them.
    """
    entity = part.record_type.entity
    called = [(said(entity.label, locale), place.title(locale)) for locale in LOCALES]
    names = [f"{thing} {title}" for thing, title in called] + [f"{title} {thing}" for thing, title in called]
    own = [*place.target.labels, *place.target.synonyms]
    if place.kind is PlaceKind.ID:
        own = []
    elif part.side is Side.BELOW:
        own = [name for name in own if _speaks_of(name, _names(entity.label))]
    beside = place.line.field.beside if place.line is not None else ()
    known = [name for name in (*names, *own, *beside) if name_key(name) not in taken]
    path = f"{part.name}:{place.own}"
    target = Target(
        tuple(path.split(".")),
        tuple(known[:1]),
        tuple(known[1:]),
        place.target.kind,
        takes_several=place.target.takes_several,
        choices=place.target.choices,
    )
    return Place(
        path,
        place.label,
        place.kind,
        target,
        line=place.line,
        link=place.link,
        tagging=place.tagging,
        part=part.name,
        own=place.own,
        of=entity.label,
        contacts=place.contacts,
    )


def _speaks_of(name: str, things: Iterable[str]) -> bool:
    """Tell whether a header has a word of what a thing is called, in any of its forms."""
    stems = {word[:_STEM] for thing in things for word in name_key(thing).split()}
    return any(word.startswith(stem) for word in name_key(name).split() for stem in stems)


def _target_of_line(line: Line) -> Target:
    several = line.kind in (Kind.LONG_TEXT, Kind.CHOICES) or line.path == ADDRESS
    first, *others = labels_of(line.field)
    path = tuple(line.path.split("."))
    choices = line.field.index if line.field.choices else None
    return Target(path, (first, *others), (), line.kind.value, takes_several=several, choices=choices)


def tagging_of(model: Model, link: Link) -> Tagging | None:
    """Return how words are put on a record by `link`, None when it is another list.

    It is one when its rows hold nothing but a reference to a word, and words are the same for everybody.
    """
    if not (link.is_many and link.plain) or link.where:
        return None
    there = model[link.target]
    # The link back may be a declared line or a mere column.
    lines = [one for one in there.lines.values() if one.field.is_editable and one.path != link.column]
    if len(lines) != 1 or lines[0].kind is not Kind.REFERENCE or lines[0].path not in there.links:
        return None
    words = model[there.links[lines[0].path].target]
    title = words.lines.get(words.entity.title)
    if title is None or title.kind is not Kind.TEXT:
        return None
    return Tagging(link, lines[0], words)


def _names(label: Label) -> tuple[str, ...]:
    return (label,) if isinstance(label, str) else tuple(label.values())
