"""What a move of a deal is, what a deal may lack for it, and how that is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from cardfile.deals.choices import Cause
from cardfile.declarations.stages import StageOutcome
from cardfile.errors import Refused, Speaker
from cardfile.pipelines.book import GoalSpec, StageSpec
from cardfile.texts import Label, said

__all__ = ["Missing", "MissingForStage", "Move"]


@dataclass(frozen=True, slots=True)
class Move:
    """A deal on its way from one stage into another; `was` is None for a new deal.

    `since` is when it came into the stage that it leaves, `owner` whose it is, `goal` what led to the move.
    """

    deal: int
    to: StageSpec
    was: StageSpec | None = None
    cause: Cause = Cause.MANUAL
    goal: GoalSpec | None = None
    since: datetime | None = None
    owner: int | None = None
    client: int | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the deal ends without a sale, which no rule for leaving a stage can hinder."""
        return self.to.outcome is StageOutcome.LOST


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that a deal lacks for a move.

    `kind` is that of the rule (`filled`, `attached`, `task_done`, `reached`, `holds`, `approved`) or a plugin's
    own; `key` what it speaks of: a path, a kind of file, a key of a task or goal, a role. `path` leads to the
    field that has to be filled in.
    """

    kind: str
    key: str
    label: Label
    path: str | None = None


class MissingForStage(Refused):
    """A deal lacks what the stage that it leaves or enters asks for; `missing` lists all of it, by deal."""

    code: ClassVar[str] = "MISSING_FOR_STAGE"

    def __init__(self, stage: str, by_deal: Mapping[int, Sequence[Missing]]) -> None:
        self.by_deal = {deal: tuple(found) for deal, found in by_deal.items() if found}
        each = {(one.kind, one.key): one for found in self.by_deal.values() for one in found}
        self.missing = tuple(each.values())
        self.stage = stage
        super().__init__(
            "Before the deal goes to {stage}, it lacks: {missing}.",
            stage=stage,
            missing=self._listed("en"),
        )

    def say(self, texts: Speaker) -> str:
        """Return the sentence with everything that is missing, in the language of `texts`."""
        locale = getattr(texts, "locale", "en")
        return texts.say(self.template, stage=self.stage, missing=self._listed(locale))

    def _listed(self, locale: str) -> str:
        return ", ".join(said(one.label, locale) for one in self.missing)
