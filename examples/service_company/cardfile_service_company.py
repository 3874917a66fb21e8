"""A service company: from the form on its site to the signed act, in declarations alone."""

from cardfile import (  # noqa: I001  one line a topic reads better here
    Attached, CardField, Filled, Goal, Kind, Pipeline, Plugin, Process, ReminderPolicy, Stage, StageDocument,
    Step, TaskTemplate, days, hours, working_days,
)  # fmt: skip

REFUSED = Goal("refused", "Refused", outcome="refuse")
LATER = Goal("later", "Asked to come back later", outcome="postpone", by=days(30))

NEED = Stage(
    "need", "Need", probability=20, expected_days=2, rots_after=7, leave=(Filled("service_company.need"),),
    script="What is it for, by when, who decides?",
    tasks=(TaskTemplate("Find out the need", due=working_days(1)),),
    goals=(Goal("understood", "The need is understood"), REFUSED, LATER),
)  # fmt: skip

PROPOSAL = Stage(
    "proposal", "Proposal", probability=40, expected_days=3, rots_after=10, leave=(Filled("amount"),),
    tasks=(TaskTemplate("Write the proposal", due=working_days(2), blocks=True),),
    goals=(Goal("sent", "The proposal is sent"), REFUSED),
)  # fmt: skip

APPROVAL = Stage(
    "approval", "Approval", probability=60, expected_days=5, rots_after=14, documents=(StageDocument("offer"),),
    tasks=(TaskTemplate("Ask what they think", due=working_days(3)),),
    goals=(Goal("approved", "Approved"), REFUSED, LATER),
)  # fmt: skip

SERVICE = Stage(
    "service", "Service", probability=80, expected_days=14, documents=(StageDocument("invoice"),),
    tasks=(TaskTemplate("Do what was promised", due=working_days(10), blocks=True),),
    # Paid is not won: the act and the feedback are still to come.
    goals=(Goal("paid", "Paid", together="done"), Goal("served", "The service is done", together="done")),
)  # fmt: skip

CLOSING = Stage(
    "closing", "Act and feedback", probability=95, expected_days=3, processes=("closing",),
    leave=(Attached("act"), Filled("service_company.feedback")),
    goals=(Goal("accepted", "The act is signed and feedback given", to="won"),),
)  # fmt: skip


class ServiceCompany(Plugin):
    """Leads are called within the hour, deals are won when both sides are done."""

    name = "service_company"
    label = "Service company"
    requires = "cardfile>=0.1,<0.2"

    card_fields = (
        CardField("need", "What the client needs", Kind.LONG_TEXT, on="deal", synonyms=("потребность",)),
        CardField("feedback", "What the client says", Kind.LONG_TEXT, on="deal", synonyms=("отзыв",)),
    )

    reminder_policies = (
        ReminderPolicy(
            key="hourly", label="Every hour until it is done", every=hours(1), head_after=hours(4)
        ),
    )

    processes = (
        Process("lead", "New lead", on="client", begins={"standing": {"eq": "lead"}}, steps=(
            Step("call", "Call within the hour", due=hours(1), reminders="hourly"),
        )),
        Process("closing", "Act and feedback", steps=(
            Step("act", "Make the act", kind="document", document="act"),
            Step("sign", "Get the act signed", due=working_days(1), reminders="urgent"),
            Step("ask", "Ask how it was", after=("sign",), due=working_days(1)),
        )),
    )  # fmt: skip

    pipelines = (
        Pipeline("service", "Service", stages=(
            NEED, PROPOSAL, APPROVAL, SERVICE, CLOSING,
            Stage("won", "Won", outcome="won", probability=100), Stage("lost", "Lost", outcome="lost"),
        )),
    )  # fmt: skip
