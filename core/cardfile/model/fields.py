"""What a line on a card is: fields, choices and the plugin's card fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cardfile.declarations.keys import KEY
from cardfile.errors import DeclarationError
from cardfile.model.aggregates import Computed
from cardfile.texts import Label, said
from cardfile.values.choices import ChoiceIndex

__all__ = ["CardField", "Choice", "Field", "Kind"]


class Kind(StrEnum):
    """What a field holds. Each kind knows its column, its parsing, its text and its filters."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    PERCENT = "percent"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    CHOICES = "choices"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    USER = "user"
    REFERENCE = "reference"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that a field of kind `CHOICE` or `CHOICES` may have."""

    key: str
    label: Label = ""
    color: str | None = None
    synonyms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.key):
            raise DeclarationError(
                f"choice {self.key!r}: a key is lower case words joined by underscores, such as 'good_mood'"
            )
        if not self.label:
            object.__setattr__(self, "label", self.key.replace("_", " ").capitalize())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """What one may say about a field beyond key, label and kind."""

    required: bool = False
    read_only: bool = False
    choices: tuple[str | Choice, ...] = ()
    synonyms: tuple[str, ...] = ()
    hint: Label = ""
    to: str | None = None
    scale: int = 2
    max_length: int | None = None
    default: object = None
    folded: str | None = None
    search: bool = False
    orderable: bool | None = None
    group: Label = ""
    slots: tuple[str, ...] = ("card",)
    position: int = 100
    computed: Computed | None = None
    stored: bool = False
    past: str | None = None
    past_at: str | None = None
    transfer: bool = True
    beside: tuple[str, ...] = ()
    completed: bool = False
    worded: str = ""


@dataclass(frozen=True, slots=True)
class Field(_Options):
    """A line on the card of an entity, kept in a column of the entity's own table.

    `key` is the column's name too. `synonyms` are headers by which an import knows the field, in any language;
    `to` names the entity that a `REFERENCE` points to; `scale` is the number of decimal places of a `DECIMAL`
    or `PERCENT`; `folded` names a column that keeps the case- and accent-folded text for order and search;
    `slots` say where a user interface shows the field; `transfer=False` keeps it out of import and export.
    `beside` are headers by which a list of other things knows the field: `Stage` in a list of clients. A required
    field that is `completed` may be missing in a list, for the rules of its room fill it in; a form asks for it.
    A `computed` field is read from related rows; with `stored` the value is kept in a column, true within the
    transaction that changes those rows. `worded` names the column of an event: what is empty is told in the
    words for that event. A field with `past` tells whether the moment in the column of that name has passed:
    by now, or had by the moment in the column `past_at`.
    """

    key: str
    label: Label
    kind: Kind
    index: ChoiceIndex = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        where = f"field {self.key!r}"
        if not KEY.fullmatch(self.key):
            raise DeclarationError(
                f"{where}: a key is lower case words joined by underscores, such as 'last_visit'"
            )
        if self.kind in (Kind.CHOICE, Kind.CHOICES) and not self.choices:
            raise DeclarationError(f"{where} is a {self.kind}: give it choices=(…)")
        if self.choices and self.kind not in (Kind.CHOICE, Kind.CHOICES):
            raise DeclarationError(
                f"{where} is a {self.kind}: only choice and choices fields have choices=(…)"
            )
        if self.kind is Kind.REFERENCE and not self.to:
            raise DeclarationError(f"{where} is a reference: say to which entity with to='client'")
        if not 0 <= self.scale <= 9:
            raise DeclarationError(
                f"{where}: scale is {self.scale}, but a column keeps 0 to 9 decimal places"
            )
        if self.stored and self.computed is None:
            raise DeclarationError(
                f"{where}: stored=True is for computed fields; every other field is stored anyway"
            )
        if self.past is not None and (self.kind is not Kind.BOOLEAN or self.computed is not None):
            raise DeclarationError(f"{where} tells whether a moment has passed: its kind is boolean")
        if self.past_at is not None and self.past is None:
            raise DeclarationError(f"{where} says by when, and not which moment has passed: give it past='…'")
        keys = [choice.key for choice in self.options]
        if len(set(keys)) != len(keys):
            raise DeclarationError(f"{where}: the same choice is given twice: {', '.join(keys)}")

        labels = {choice.key: choice.label for choice in self.options}
        synonyms = {choice.key: choice.synonyms for choice in self.options}
        object.__setattr__(self, "index", ChoiceIndex(labels, synonyms=synonyms))

    @property
    def options(self) -> tuple[Choice, ...]:
        """The choices in full, whichever way they were given."""
        return tuple(Choice(choice) if isinstance(choice, str) else choice for choice in self.choices)

    @property
    def is_editable(self) -> bool:
        """Whether a person or an import may give this field a value."""
        return not self.read_only and self.computed is None and self.past is None

    @property
    def is_kept(self) -> bool:
        """Whether a column of its own keeps the value; others are made of other columns or rows when asked for."""
        return self.past is None and (self.computed is None or self.stored)


@dataclass(frozen=True, slots=True)
class CardField(Field):
    """A line that a plugin adds to the card of an entity, kept in a column of the plugin's own table."""

    on: str = ""

    def __post_init__(self) -> None:
        Field.__post_init__(self)
        if not self.on:
            raise DeclarationError(f"card field {self.key!r}: say on which entity it is, with on='client'")


def labels_of(field: Field) -> tuple[str, ...]:
    """Return every text by which people call the field: labels in all languages, then synonyms."""
    label = field.label
    names = tuple(label.values()) if isinstance(label, Mapping) else (label,)
    return (*names, *field.synonyms)


def label_of(field: Field, locale: str) -> str:
    """Return the field's label in `locale`."""
    return said(field.label, locale)
