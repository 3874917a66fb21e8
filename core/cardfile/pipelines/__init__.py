"""Pipelines: the ways that deals go, as plugins ship them and administrators have edited them."""

from cardfile.pipelines.book import (
    DocumentSpec,
    GoalSpec,
    NoticeSpec,
    PipelineBook,
    PipelineSpec,
    RuleSpec,
    StageSpec,
    pipeline_book,
)
from cardfile.pipelines.entities import ENTITIES
from cardfile.pipelines.grants import GRANTS
from cardfile.pipelines.migrations import MIGRATIONS
from cardfile.pipelines.rules import PipelineRules
from cardfile.pipelines.sales import SALES
from cardfile.pipelines.shipping import Place, pipeline_seeds, stage_places
from cardfile.pipelines.tables import Goal, Pipeline, Stage, StageDocument, StageNotice, StageRule

__all__ = [
    "ENTITIES",
    "GRANTS",
    "MIGRATIONS",
    "SALES",
    "DocumentSpec",
    "Goal",
    "GoalSpec",
    "NoticeSpec",
    "Pipeline",
    "PipelineBook",
    "PipelineRules",
    "PipelineSpec",
    "Place",
    "RuleSpec",
    "Stage",
    "StageDocument",
    "StageNotice",
    "StageRule",
    "StageSpec",
    "pipeline_book",
    "pipeline_seeds",
    "stage_places",
]
