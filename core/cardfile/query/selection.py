"""What is asked, as a tree: the same for GraphQL documents, exports, reports and payloads of mutations.

The items of a shape stand in the order of the answer; each carries the key under which it appears there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cardfile.model.record_types import Line, Link, RecordType
from cardfile.query.given import Given

__all__ = [
    "Batch",
    "Constant",
    "Cursor",
    "EdgeMember",
    "EdgeNode",
    "Edges",
    "Field",
    "Group",
    "Identity",
    "Item",
    "Listed",
    "Node",
    "Nodelist",
    "Nodes",
    "One",
    "Page",
    "PageInfo",
    "PageMember",
    "PageShape",
    "Part",
    "RootItem",
    "Shape",
    "Total",
]


@dataclass(frozen=True, slots=True)
class Constant:
    """A piece of JSON known beforehand, such as a type's name."""

    key: str
    json: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The record's global id."""

    key: str


@dataclass(frozen=True, slots=True)
class Part:
    """A member of a composed value: the amount of a sum of money, the label of a choice."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """The value of a line; kinds with a composed value (money, choices) list the `parts` asked for."""

    key: str
    line: Line
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """What a plugin adds to the record, shown as an object of its own."""

    key: str
    shape: "Shape"


@dataclass(frozen=True, slots=True)
class Batch:
    """A value that Python makes for many rows at once, out of the lines that it `needs`, or (`by_id`) their ids."""

    key: str
    name: str
    needs: tuple[Line, ...]
    arguments: Mapping[str, Given] = field(default_factory=dict)
    by_id: bool = False


@dataclass(frozen=True, slots=True)
class One:
    """The one record at the other end of `link`, or null."""

    key: str
    link: Link
    shape: "Shape"


@dataclass(frozen=True, slots=True)
class Listed:
    """All records at the other end of a short list."""

    key: str
    link: Link
    shape: "Shape"


@dataclass(frozen=True, slots=True)
class Node:
    """A record by its number, at the root; None when no such record can exist. `me` means the reader himself."""

    key: str
    shape: "Shape"
    record: Given | None
    me: bool = False


@dataclass(frozen=True, slots=True)
class Nodes:
    """Several records by number, at the root: a list with null for what is missing."""

    key: str
    nodes: tuple[Node | None, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: of the records at the other end of `link`, or of all records (link None).

    `arguments` may hold first, after, last, before, filter, order_by and search.
    """

    key: str
    link: Link | None
    arguments: Mapping[str, Given]
    shape: "PageShape"


@dataclass(frozen=True, slots=True)
class PageShape:
    """The members of a page in order; `type` is what its nodes are."""

    type: RecordType
    members: "Sequence[PageMember]"


@dataclass(frozen=True, slots=True)
class Nodelist:
    """The records of the page themselves."""

    key: str
    shape: "Shape"


@dataclass(frozen=True, slots=True)
class Edges:
    """The records of the page, each in an edge; members are cursors, nodes and constants."""

    key: str
    members: "Sequence[EdgeMember]"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of a record in the order of the list."""

    key: str


@dataclass(frozen=True, slots=True)
class EdgeNode:
    """The record of an edge."""

    key: str
    shape: "Shape"


@dataclass(frozen=True, slots=True)
class Total:
    """How many records the whole list has."""

    key: str


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Where the page stands: parts are hasNextPage, hasPreviousPage, startCursor, endCursor."""

    key: str
    parts: "Sequence[Part | Constant]"


@dataclass(frozen=True, slots=True)
class Shape:
    """The members of a record (or of a plugin's part of it) in the order of the answer."""

    type: RecordType
    items: "Sequence[Item]"

    @property
    def leads_to_one(self) -> bool:
        """Whether single records at the other end of links are asked for, which may be joined to this one."""
        return any(
            (isinstance(item, One) and not item.link.one)
            or (isinstance(item, Group) and item.shape.leads_to_one)
            for item in self.items
        )


EdgeMember = Cursor | EdgeNode | Constant
PageMember = Nodelist | Edges | Total | PageInfo | Constant
Item = Constant | Identity | Field | Group | Batch | One | Listed | Page
RootItem = Constant | Node | Nodes | Page
