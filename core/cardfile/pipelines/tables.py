"""The tables of pipelines: what declarations ship, and administrators edit."""

from typing import ClassVar

from piccolo.columns import ForeignKey, Integer, OnDelete, Text

from cardfile.database.columns import IndexSpec
from cardfile.seeds.tables import SEED_KEY, Seeded

__all__ = ["Goal", "Pipeline", "Stage", "StageDocument", "StageNotice", "StageRule"]


class Pipeline(Seeded, tablename="pipeline"):
    """A way that deals go."""

    key = Text(null=False, default=None)
    label = Text(null=False, default=None)
    position = Integer(null=False, default=100)

    keys: ClassVar = (SEED_KEY, IndexSpec(columns=("key",), unique=True, living=True))


class Stage(Seeded, tablename="stage"):
    """A place on that way."""

    pipeline = ForeignKey(Pipeline, null=False, on_delete=OnDelete.restrict)
    key = Text(null=False, default=None)
    label = Text(null=False, default=None)
    outcome = Text(null=False, default="open")
    position = Integer(null=False, default=100)
    probability = Integer(null=True, default=None)
    expected_days = Integer(null=True, default=None)
    rots_after = Integer(null=True, default=None)
    script = Text(null=True, default=None)
    owner_role = Text(null=True, default=None)
    color = Text(null=True, default=None)
    processes = Text(null=True, default=None)

    keys: ClassVar = (
        SEED_KEY,
        IndexSpec(columns=("pipeline", "position")),
        IndexSpec(columns=("pipeline", "key"), unique=True, living=True),
    )


class Goal(Seeded, tablename="goal"):
    """Something to achieve in a stage, and what happens with the deal then."""

    stage = ForeignKey(Stage, null=False, on_delete=OnDelete.restrict)
    key = Text(null=False, default=None)
    label = Text(null=False, default=None)
    outcome = Text(null=False, default="advance")
    target = ForeignKey(Stage, null=True, default=None, on_delete=OnDelete.restrict)
    postpone_by = Text(null=True, default=None)
    together = Text(null=True, default=None)
    position = Integer(null=False, default=100)

    keys: ClassVar = (
        SEED_KEY,
        IndexSpec(columns=("stage", "position")),
        IndexSpec(columns=("target",)),
        IndexSpec(columns=("stage", "key"), unique=True, living=True),
    )


class StageRule(Seeded, tablename="stage_rule"):
    """What must hold before a deal enters or leaves a stage.

    `subject` is what the rule speaks of: a path, a kind of file, a key of a task or goal, a role; `condition`
    is the filter of a rule that holds, as JSON.
    """

    stage = ForeignKey(Stage, null=False, on_delete=OnDelete.restrict)
    side = Text(null=False, default="leave")
    kind = Text(null=False, default=None)
    subject = Text(null=True, default=None)
    condition = Text(null=True, default=None)
    label = Text(null=True, default=None)
    position = Integer(null=False, default=100)

    keys: ClassVar = (SEED_KEY, IndexSpec(columns=("stage", "position")))


class StageNotice(Seeded, tablename="stage_notice"):
    """Who is told when a deal enters a stage, and what."""

    stage = ForeignKey(Stage, null=False, on_delete=OnDelete.restrict)
    recipient = Text(null=False, default="owner")
    text = Text(null=False, default=None)
    position = Integer(null=False, default=100)

    keys: ClassVar = (SEED_KEY, IndexSpec(columns=("stage", "position")))


class StageDocument(Seeded, tablename="stage_document"):
    """A document that is made when a deal enters a stage."""

    stage = ForeignKey(Stage, null=False, on_delete=OnDelete.restrict)
    kind = Text(null=False, default=None)
    template = Text(null=True, default=None)
    position = Integer(null=False, default=100)

    keys: ClassVar = (SEED_KEY, IndexSpec(columns=("stage", "position")))
