"""The graphs of runs, for whoever may see them."""

from collections.abc import Mapping, Sequence
from typing import Final

from cardfile.access.guards import access_of
from cardfile.journal.calls import Call
from cardfile.model.batch_fields import BatchField
from cardfile.processes.book import StepSpec, predecessors, process_book
from cardfile.processes.graph import Graph, GraphEdge, GraphNode, columns, drawn
from cardfile.processes.stepping import STEPS
from cardfile.processes.tables import RunStep

__all__ = ["BATCH_FIELDS", "graphs"]

TOLD: Final = ("process_run", "step", "key", "label", "kind", "state", "position", "due_at")
"""The fields of a step that the graph of its run tells."""

MOST_RUNS: Final = 200
"""At most so many runs are drawn at once: as many as a page of a list may have."""


async def graphs(call: Call, runs: Sequence[int]) -> Mapping[int, Graph]:
    """Return the graphs of runs, for whoever may see all that a graph tells of their steps."""
    if not all(call.rights.sees("process_run_step", path) for path in TOLD):
        return {}
    book = await process_book(access_of(call))
    wanted = {"process_run": {"id": {"in": list(runs[:MOST_RUNS])}}}
    rows = await call.find(RunStep, filter=wanted, order=("position", "id"), limit=STEPS * MOST_RUNS)
    of_run: dict[int, list[RunStep]] = {}
    for row in rows:
        if isinstance(row.process_run, int):
            of_run.setdefault(row.process_run, []).append(row)
    return {
        run: _graph([(book.steps[int(str(one.step))], one) for one in steps]) for run, steps in of_run.items()
    }


def _graph(steps: Sequence[tuple[StepSpec, RunStep]]) -> Graph:
    before = predecessors([spec for spec, _ in steps])
    place, taken = columns(before), dict[int, int]()
    nodes = []
    for spec, one in steps:
        # The key that the step has now: somebody may have renamed it while the run was on its way.
        column = place[spec.key]
        row = taken[column] = taken.get(column, -1) + 1
        nodes.append(GraphNode(spec.key, one.label, one.kind, one.state, column, row, one.due_at))
    edges = [GraphEdge(earlier, key) for key, some in before.items() for earlier in some]
    return Graph(nodes, edges, drawn(nodes, edges))


BATCH_FIELDS: Final = (BatchField("graph", {"en": "Graph", "ru": "Схема"}, Graph, graphs),)
"""What Python tells of runs."""
