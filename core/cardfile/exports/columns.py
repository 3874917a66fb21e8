"""The columns of an export: every field that its reader sees, by its place on the card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cardfile.clients.custom_fields import CustomKind
from cardfile.imports.mapping import Target
from cardfile.imports.result_columns import CODE
from cardfile.imports.targets import ID_PATH, Place, PlaceKind, Tagging, read_path, tagging_of
from cardfile.journal.host import Host
from cardfile.model.fields import Kind, label_of
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.query.rows import fetch_records
from cardfile.rights import Actor
from cardfile.texts import said

__all__ = [
    "AS_THEY_ARE",
    "CUSTOM_VALUE",
    "SCALED",
    "Column",
    "chosen_columns",
    "columns_of",
    "custom_columns",
]

AS_THEY_ARE: Final = frozenset(
    {Kind.INTEGER, Kind.DATE, Kind.DATETIME, Kind.TEXT, Kind.LONG_TEXT, Kind.EMAIL, Kind.URL}
)
"""The kinds whose values a sheet keeps as they are."""

SCALED: Final = frozenset({Kind.DECIMAL, Kind.PERCENT})
"""The kinds that are kept as whole numbers of their last decimal place."""


CUSTOM_FIELD: Final = "custom_field"
CUSTOM_VALUE: Final = "custom_value"

_MOST_CUSTOM: Final = 300
_KIND_OF_CUSTOM: Final[Mapping[str, str]] = {
    CustomKind.NUMBER: "decimal", CustomKind.DATE: "date", CustomKind.LONG_TEXT: "long_text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export: where its value comes from, how it is called, and the kind that formats it.

    `custom` is the id of the custom field whose values it holds.
    """

    path: str
    title: str
    kind: str
    line: Line | None = None
    link: Link | None = None
    tagging: Tagging | None = None
    custom: int | None = None


async def chosen_columns(
    app: Host, actor: Actor, record_type: RecordType, fields: Sequence[str]
) -> list[Column]:
    """Return the columns of `fields`, given by path or label, all when none are given; raises `InvalidInput`."""
    columns = {column.path: column for column in await columns_of(app, actor, record_type)}
    if not fields:
        return list(columns.values())
    places = {
        path: Place(path, one.title, PlaceKind.VALUE, Target(tuple(path.split(".")), (one.title,)))
        for path, one in columns.items()
    }
    return [columns[read_path(field, places, actor.locale)] for field in dict.fromkeys(fields)]


async def columns_of(app: Host, actor: Actor, record_type: RecordType) -> list[Column]:
    """Return the columns by their place on the card: title, lists, other lines, custom fields, the record's code."""
    rights, locale, key = actor.rights, actor.locale, record_type.key
    found = []
    lines = [
        line
        for line in record_type.lines.values()
        if (line.field.transfer or line.field.computed is not None)
        and line.kind is not Kind.FILE
        and rights.sees(key, line.path)
    ]
    lines.sort(key=lambda line: (line.path != record_type.entity.title, line.card or "", line.field.position))
    for line in lines:
        kind = line.kind.value if line.kind in AS_THEY_ARE | SCALED else "text"
        found.append(Column(line.path, label_of(line.field, locale), kind, line=line))
    lists = []
    for link in record_type.links.values():
        if link.group is not None or not rights.sees(key, link.path):
            continue
        title = said(link.label, locale)
        if link.entry is not None and rights.sees(link.target, "value"):
            lists.append(Column(link.path, title, link.entry.value, link=link))
        elif tagging := tagging_of(app.model, link):
            lists.append(Column(link.path, title, "text", link=link, tagging=tagging))
    found[1:1] = lists
    found += await custom_columns(app, actor, record_type)
    found.append(Column(ID_PATH, said(CODE, locale), "text"))
    return _told_apart(found)


async def custom_columns(app: Host, actor: Actor, record_type: RecordType) -> list[Column]:
    """Return the fields that the business has added by itself."""
    rights = actor.rights
    link = next((one for one in record_type.links.values() if one.target == CUSTOM_VALUE), None)
    if link is None or not (rights.sees(record_type.key, link.path) and rights.sees(CUSTOM_VALUE, "value")):
        return []
    rows = await fetch_records(
        app.database,
        app.model,
        app.model[CUSTOM_FIELD],
        rights,
        now=app.clock.now(),
        order=("position", "label", "id"),
        limit=_MOST_CUSTOM,
        paths=("label", "kind"),
    )
    return [
        Column(
            f"custom:{row['kind']}:{row['label']}",
            str(row["label"]),
            _KIND_OF_CUSTOM.get(str(row["kind"]), "text"),
            link=link,
            custom=int(str(row["id"])),
        )
        for row in rows
    ]


def _told_apart(columns: Sequence[Column]) -> list[Column]:
    titles: dict[str, int] = {}
    unique = []
    for column in columns:
        titles[column.title] = titles.get(column.title, 0) + 1
        # Two plugins may use one word: the path tells them apart.
        is_first = titles[column.title] == 1
        unique.append(column if is_first else replace(column, title=f"{column.title} ({column.path})"))
    return unique
