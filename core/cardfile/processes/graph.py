"""The graph of a run: its steps, what leads to what, where it stands; as data and as a picture.

Steps stand in columns by their longest way from the beginning, as in the first two phases of layered drawing
(K. Sugiyama, S. Tagawa, M. Toda: Methods for visual understanding of hierarchical system structures, 1981).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

__all__ = ["Graph", "GraphEdge", "GraphNode", "columns", "drawn"]

WIDTH: Final = 190
HEIGHT: Final = 54
ACROSS: Final = 60
DOWN: Final = 26
MARGIN: Final = 20
LONGEST: Final = 24

COLOURS: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": ("#ffffff", "#9aa0a6"),
    "active": ("#dbe9ff", "#1a73e8"),
    "done": ("#dff5e3", "#188038"),
    "skipped": ("#f1f3f4", "#bdc1c6"),
    "cancelled": ("#f1f3f4", "#bdc1c6"),
}
"""The fill and the line of a step, by its state."""


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A step in the graph; `column` and `row` say where it stands, from the beginning and from the top."""

    key: str
    label: str
    kind: str
    state: str
    column: int
    row: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """One step leads to another."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Graph:
    """The steps of a run and what leads to what; `svg` is the picture, a complete document."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    svg: str


def columns(before: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return for every step the number of steps on the longest way to it; no step comes before its predecessors."""
    found: dict[str, int] = {}
    for key, earlier in before.items():  # in the order of the steps, which is one in which they may be done
        found[key] = max((found[one] + 1 for one in earlier if one in found), default=0)
    return found


def drawn(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> str:
    """Return the picture of a graph as SVG."""
    across = max((one.column for one in nodes), default=0) + 1
    down = max((one.row for one in nodes), default=0) + 1
    width = across * WIDTH + (across - 1) * ACROSS + 2 * MARGIN
    height = down * HEIGHT + (down - 1) * DOWN + 2 * MARGIN
    places = {one.key: _place(one) for one in nodes}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'role="img" font-family="sans-serif" font-size="13">',
        '<defs><marker id="end" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#5f6368"/></marker></defs>',
        *(_line(places[one.source], places[one.target]) for one in edges),
        *(_box(one, *places[one.key]) for one in nodes),
        "</svg>",
    ]
    return "".join(parts)


def _place(node: GraphNode) -> tuple[int, int]:
    return MARGIN + node.column * (WIDTH + ACROSS), MARGIN + node.row * (HEIGHT + DOWN)


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1 = start[0] + WIDTH, start[1] + HEIGHT // 2
    x2, y2 = end[0], end[1] + HEIGHT // 2
    middle = (x1 + x2) // 2
    return (
        f'<path d="M{x1},{y1} C{middle},{y1} {middle},{y2} {x2},{y2}" fill="none" stroke="#5f6368" '
        'marker-end="url(#end)"/>'
    )


def _box(node: GraphNode, x: int, y: int) -> str:
    fill, line = COLOURS[node.state]
    dashes = ' stroke-dasharray="4 3"' if node.state in ("skipped", "cancelled") else ""
    label = node.label if len(node.label) <= LONGEST else node.label[: LONGEST - 1] + "…"
    return (
        f'<g><title>{escape(node.label)}</title><rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8" '
        f'fill="{fill}" stroke="{line}" stroke-width="1.5"{dashes}/>'
        f'<text x="{x + WIDTH // 2}" y="{y + HEIGHT // 2 + 4}" text-anchor="middle">{escape(label)}</text></g>'
    )
