"""What is declared of processes: steps in strict order or with conditions, on a client or a deal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cardfile.declarations.keys import require_key
from cardfile.declarations.spans import Span
from cardfile.declarations.tasks import Choose
from cardfile.errors import DeclarationError
from cardfile.texts import Label

__all__ = ["Process", "Step", "StepKind"]


StepKind = Literal["task", "message", "document", "wait", "check"]
"""A task for somebody, a notice to somebody, a document to make, a time to wait, a filter that must come true."""

STEP_KINDS = ("task", "message", "document", "wait", "check")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a process.

    It begins when the steps named in `after` are over, by default the one declared before it; with `where` only
    if the record matches the filter then, and is passed over otherwise. A `task` goes to `assignee` (`owner`,
    `head`, or a role of whose people `choose` picks one), is due after `due` and reminds as the policy
    `reminders` says; a `message` tells `assignee` the `text`; a `document` makes one of the kind `document`; a
    `wait` lasts `due`; a `check` waits until the record matches `until`, and calls the head after `due`.
    """

    key: str
    label: Label
    kind: StepKind = "task"
    after: tuple[str, ...] | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    assignee: str = "owner"
    choose: Choose = Choose.LEAST_LOADED
    due: Span | None = None
    reminders: str = "normal"
    text: Label = ""
    document: str = ""
    until: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"step {self.key!r}"
        require_key("step", self.key)
        if self.kind not in STEP_KINDS:
            raise DeclarationError(
                f"{where}: kind={self.kind!r} is unknown; there are: {', '.join(STEP_KINDS)}"
            )
        if self.kind in ("task", "wait") and self.due is None:
            raise DeclarationError(f"{where} is a {self.kind}: say by when or how long with due=hours(2)")
        if self.kind == "document" and not self.document:
            raise DeclarationError(f"{where} makes a document: say of which kind with document='act'")
        if self.kind == "check" and not self.until:
            raise DeclarationError(f"{where} checks something: say what with until={{'amount': {{'gt': 0}}}}")


@dataclass(frozen=True, slots=True)
class Process:
    """Steps that are gone through on a client or a deal, once or several times, several processes at once.

    It is started by hand, by a stage that names it, and with `begins` by every new record that matches this filter;
    an import starts none.
    """

    key: str
    label: Label
    steps: tuple[Step, ...]
    on: Literal["client", "deal"] = "deal"
    begins: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        require_key("process", self.key)
        if self.on not in ("client", "deal"):
            raise DeclarationError(
                f"process {self.key!r}: on={self.on!r}: a process runs on a client or a deal"
            )
        if not self.steps:
            raise DeclarationError(f"process {self.key!r} has no steps")
        seen: set[str] = set()
        for step in self.steps:
            if step.key in seen:
                raise DeclarationError(
                    f"process {self.key!r}: the step {step.key!r} is declared twice: rename one"
                )
            for before in step.after or ():
                if before not in seen:
                    raise DeclarationError(
                        f"process {self.key!r}: step {step.key!r} comes after {before!r}, which is not declared "
                        f"before it; declared are: {', '.join(sorted(seen)) or 'none'}"
                    )
            seen.add(step.key)
