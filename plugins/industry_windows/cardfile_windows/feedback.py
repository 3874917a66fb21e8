"""What the client says of the work when it is done."""

from typing import Annotated

from cardfile.deals import Deal
from cardfile.errors import InvalidInput
from cardfile.journal import Call, command
from cardfile_windows.choices import Feedback
from cardfile_windows.steps import reach_if_open

__all__ = ["take_feedback"]


@command(
    "deal.take_feedback",
    label={"en": "Take feedback", "ru": "Записать отзыв"},
    done={"en": "feedback taken", "ru": "отзыв записан"},
)
async def take_feedback(
    call: Call,
    deal: Deal,
    text: Annotated[str, "What the client said."],
    score: Annotated[Feedback, "How he liked it."],
) -> Deal:
    """Write down what a client says of the work; with the signed act the deal is won by it."""
    if not text.strip():
        raise InvalidInput("Say what the client said.", path=("text",))
    await call.write(deal, {"windows.feedback": text.strip(), "windows.feedback_score": score.value})
    await reach_if_open(call, deal, "feedback_given")
    return deal
