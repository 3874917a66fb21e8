"""What a noun of the trade is: a table, the lines on its card, its relations, and who may see it."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Final

from piccolo.table import Table

from cardfile.declarations.keys import KEY
from cardfile.errors import DeclarationError
from cardfile.model.batch_fields import BatchField
from cardfile.model.fields import Field, Kind
from cardfile.texts import Label, said

__all__ = [
    "PARTICIPANT",
    "Entity",
    "Everyone",
    "FieldOf",
    "Owned",
    "Personal",
    "Relation",
    "Through",
    "Visibility",
]

PARTICIPANT: Final = "user"
"""The USER field of a list of participants that says who takes part."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Records belong to a person and, by it, to a team: scopes own, team and all apply.

    `also` names who else counts as an owner, for every action: other USER fields of the record (`author`), or
    the owner of a record that it refers to (`deal.owner`, where `deal` is a reference to an entity that is
    itself `Owned` by that field). `participants` is the key of a list of the entity whose records name a
    colleague in a USER field `user`: whoever stands in a live one of them takes part. Taking part counts for
    the actions in `participating` alone, for whoever measures a window should not thereby sell it; so an action
    that is not named there is done by owners, and `create` there means to add what hangs on the record. A new
    record, a hand-over and `assign` speak of `owner` only: nobody becomes an owner by being written down.
    With `referred` a record is also read by whoever sees another record, and the field in it, that refers to it.
    """

    owner: str = "owner"
    _: KW_ONLY
    also: tuple[str, ...] = ()
    participants: str | None = None
    participating: tuple[str, ...] = ("read",)
    referred: bool = False


@dataclass(frozen=True, slots=True)
class Through:
    """Records are seen with the record that they hang on: `reference` names the column that leads there."""

    reference: str


@dataclass(frozen=True, slots=True)
class Everyone:
    """Records are the same for everybody who may read the entity at all: plans, tags, colleagues."""


@dataclass(frozen=True, slots=True)
class Personal:
    """Records belong to one person alone, unless the boolean column `shared` opens one to all."""

    owner: str = "owner"
    shared: str | None = None


Visibility = Owned | Through | Everyone | Personal


@dataclass(frozen=True, slots=True)
class Relation:
    """Records of another entity that point here: `via` is their column that holds this record's id.

    `where` maps columns of the other entity to the one value that they must have (`kind="phone"`).
    `one` makes it the first record in `order` instead of a list; `plain` makes it a short list without pages.
    With `entry` the list can also be written as plain texts of that kind (`phones: ["8 916 123-45-67"]`): its
    records then have the columns `value` (as kept), `raw` (as typed), `label` and `is_primary`.
    """

    key: str
    label: Label
    target: str
    via: str
    order: tuple[str, ...] = ()
    where: Mapping[str, str | int | bool] = field(default_factory=dict)
    one: bool = False
    plain: bool = False
    entry: Kind | None = None
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldOf:
    """A field together with its entity, as `visits.entered_at` gives it."""

    entity: "Entity"
    key: str


ACTIONS = ("create", "read", "edit", "archive")


@dataclass(frozen=True, eq=False)
class Entity:
    """A noun: declared once, and typed in GraphQL, filtered, imported, exported, kept in rights and history.

    `table` is a Piccolo table of the plugin's own. `key` defaults to the table's name without the plugin's
    prefix; `collection` (the name of the list, `visits`) to the English plural. `on` hangs the entity on
    another: it adds a list there, and its records are seen with the record they hang on, through the reference
    field of the same name. `unique` lists columns that are unique together among live records. `order` is the
    default order: keys, with a minus for descending. `actions` are the deeds that are derived without a
    command of one's own; a view (`read_only`) has none but read. `search` names the fields and entry lists
    whose folded text is kept in the column `search_text`. `importable` offers the entity to imports.
    `known_by` names fields by each of which an import recognises a record, as it does by contacts and by what is
    `unique`; by those that are `alike` together it takes a row for a record that has nothing of that, each record
    for one row of a list. `united` names the views whose union a view is: lists look into each, for SQLite carries
    no condition into a union. `batch_fields` are made by Python for all records of an answer at once. `repeats`
    says which fields of a view show fields of a record that it refers to, as
    `{"text": "interaction.text"}`: such a row is seen by whoever sees that record, and what is hidden there is
    hidden here. `about` names the column of a view that holds the key of the entity that a row tells of: it is
    seen by whoever may read anything of that entity.
    """

    table: type[Table]
    label: Label
    plural: Label
    fields: tuple[Field, ...] = ()
    relations: tuple[Relation, ...] = ()
    on: str | None = None
    key: str = ""
    collection: str = ""
    visibility: Visibility | None = None
    unique: tuple[str | tuple[str, ...], ...] = ()
    order: tuple[str, ...] = ()
    actions: tuple[str, ...] = ACTIONS
    title: str = ""
    search: tuple[str, ...] = ()
    read_only: bool = False
    description: str = ""
    importable: bool = False
    known_by: tuple[str, ...] = ()
    alike: tuple[tuple[str, ...], ...] = ()
    united: tuple[str, ...] = ()
    batch_fields: tuple[BatchField, ...] = ()
    repeats: Mapping[str, str] = field(default_factory=dict)
    about: str = ""

    def __post_init__(self) -> None:
        name = self.table._meta.tablename
        if not self.collection:
            object.__setattr__(self, "collection", said(self.plural, "en").lower().replace(" ", "_"))
        for what, key in (("key", self.key or name), ("collection", self.collection)):
            if not KEY.fullmatch(key):
                raise DeclarationError(
                    f"entity of table {name!r}: its {what} {key!r} is not lower case words joined by underscores; "
                    f"give {what}='…' of your own"
                )
        if self.visibility is None and self.on:
            object.__setattr__(self, "visibility", Through(self.on))
        if self.visibility is None:
            raise DeclarationError(
                f"entity of table {name!r} says nothing about who may see it: give on='client', or "
                "visibility=Owned(), Through('…'), Personal() or Everyone()"
            )
        seen: set[str] = set()
        for one in self.fields:
            if one.key in seen:
                raise DeclarationError(
                    f"entity of table {name!r} declares the field {one.key!r} twice: rename one"
                )
            seen.add(one.key)

    def __getattr__(self, key: str) -> Any:
        if not key.startswith("_"):
            for one in self.fields:
                if one.key == key:
                    return FieldOf(self, key)
        raise AttributeError(
            f"entity of table {self.table._meta.tablename!r} has no field {key!r}; it has: "
            + ", ".join(one.key for one in self.fields)
        )
