"""Where the house acts with the rights of the system, to which nothing is hidden."""

import ast
from collections import Counter

from house import ROOT, python_files

USES = {
    # The journal writes what a command that was permitted as a whole has decided, and takes it back.
    "core/cardfile/journal/calls.py: EVERYTHING": 3,
    "core/cardfile/journal/changes.py: EVERYTHING": 1,
    "core/cardfile/journal/undo.py: EVERYTHING": 1,
    # What is computed is the same for everybody; whoever sees less does not see the field (`Telling`).
    "core/cardfile/journal/truth.py: EVERYTHING": 2,
    "core/cardfile/journal/upkeep.py: EVERYTHING": 2,
    # Handing over and merging move all that belongs to somebody, what the actor does not see too.
    "core/cardfile/access/hand_over.py: EVERYTHING": 1,
    "core/cardfile/access/sharing.py: EVERYTHING": 1,
    "core/cardfile/clients/merging.py: EVERYTHING": 3,
    # An upload may be deleted only when nothing at all refers to it.
    "core/cardfile/access/sweeping.py: EVERYTHING": 1,
    # What is asked of a deal, and what follows from its move, does not depend on who moves it.
    "core/cardfile/deals/rows.py: EVERYTHING": 2,
    "core/cardfile/deals/waking.py: Actor.system": 1,
    "core/cardfile/deals/waking.py: EVERYTHING": 1,
    # Tasks are reminded of whoever they belong to, and agree with deals that nobody may see; one default calendar.
    "core/cardfile/calendars/rules.py: EVERYTHING": 2,
    "core/cardfile/tasks/notices.py: EVERYTHING": 2,
    "core/cardfile/tasks/reminding.py: EVERYTHING": 1,
    "core/cardfile/tasks/rules.py: EVERYTHING": 2,
    "core/cardfile/tasks/sending.py: Actor.system": 1,
    "core/cardfile/tasks/choosing.py: EVERYTHING": 1,
    "core/cardfile/tasks/stages.py: EVERYTHING": 2,
    # A process goes on whoever's deed lets it, by what the deal is and not by what that person sees of it.
    "core/cardfile/processes/rules.py: EVERYTHING": 2,
    "core/cardfile/processes/running.py: EVERYTHING": 1,
    "core/cardfile/processes/stepping.py: EVERYTHING": 3,
    "core/cardfile/processes/subjects.py: EVERYTHING": 3,
    "core/cardfile/processes/waking.py: EVERYTHING": 1,
    "core/cardfile/processes/waking.py: Actor.system": 1,
    # There is one plan for whom and when, also where its maker does not see it; who heads a team is no secret.
    "core/cardfile/reports/rules.py: EVERYTHING": 4,
    # An import keeps its own books; whom it knows is asked under the rights of its reader.
    "core/cardfile/imports/kept_rows.py: EVERYTHING": 1,
    "core/cardfile/imports/custom_making.py: EVERYTHING": 1,
    "core/cardfile/imports/importers.py: Actor.system": 1,
    "core/cardfile/imports/kept_import.py: Actor.system": 1,
    "core/cardfile/imports/kept_import.py: EVERYTHING": 3,
    "core/cardfile/imports/earlier.py: EVERYTHING": 2,
    "core/cardfile/imports/matching.py: EVERYTHING": 3,
    "core/cardfile/imports/tagging.py: EVERYTHING": 1,
    # An export keeps its own books; what is in the file is chosen by the rights of whoever asked for it.
    "core/cardfile/exports/making.py: Actor.system": 2,
    "core/cardfile/exports/making.py: EVERYTHING": 2,
    # Whoever measures or installs moves the deal by what he has done, and sees neither all of it nor the client.
    "plugins/industry_windows/cardfile_windows/claiming.py: EVERYTHING": 1,
    "plugins/industry_windows/cardfile_windows/estimating.py: EVERYTHING": 3,
    "plugins/industry_windows/cardfile_windows/installing.py: EVERYTHING": 4,
    "plugins/industry_windows/cardfile_windows/measuring.py: EVERYTHING": 3,
    "plugins/industry_windows/cardfile_windows/steps.py: EVERYTHING": 4,
    # Nobody else is there: the migration, the command line, the demo, jobs, tests.
    "core/cardfile/app.py: Actor.system": 1,
    "core/cardfile/cli/opened.py: Actor.system": 1,
    "core/cardfile/core_plugin.py: Actor.system": 1,
    "core/cardfile/rights.py: EVERYTHING": 1,
    "core/cardfile/testing/contract.py: EVERYTHING": 2,
    "core/cardfile/testing/people.py: Actor.system": 1,
    # Templates are the same for everybody; a file is made of a snapshot that was taken under rights.
    "plugins/documents/cardfile_documents/choosing.py: EVERYTHING": 2,
    "plugins/documents/cardfile_documents/finishing.py: Actor.system": 2,
    "plugins/documents/cardfile_documents/finishing.py: EVERYTHING": 1,
    "plugins/documents/cardfile_documents/issuing.py: EVERYTHING": 1,
    "plugins/industry_fitness/cardfile_fitness/demo.py: Actor.system": 1,
    "plugins/industry_fitness/cardfile_fitness/demo_staff.py: Actor.system": 1,
    "plugins/industry_fitness/cardfile_fitness/keeping.py: Actor.system": 1,
    "plugins/industry_windows/cardfile_windows/demo.py: Actor.system": 1,
    "plugins/industry_windows/cardfile_windows/demo_staff.py: Actor.system": 1,
}
"""By file: every use is a decision, and a new one is made in review."""


def test_the_rights_of_the_system_are_used_where_we_know() -> None:
    found: Counter[str] = Counter()
    for path in python_files("core", "graphql", "plugins"):
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name) and node.id == "EVERYTHING" and isinstance(node.ctx, ast.Load):
                found[f"{path.as_posix()}: EVERYTHING"] += 1
            if isinstance(node, ast.Attribute) and node.attr == "system" and isinstance(node.value, ast.Name):
                found[f"{path.as_posix()}: {node.value.id}.system"] += 1
    assert dict(found) == USES
