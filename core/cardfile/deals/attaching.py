"""Files of a deal."""

from typing import Annotated

from cardfile.access.file_table import File
from cardfile.deals.tables import Attachment, Deal
from cardfile.declarations.keys import KEY
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.journal.commands import command

__all__ = ["attach_file"]

MOST_TITLE = 300


@command(
    "deal.attach",
    label={"en": "Attach a file", "ru": "Приложить файл"},
    event="deal.attached",
    done={"en": "a file was attached", "ru": "приложен файл"},
)
async def attach_file(
    call: Call,
    deal: Deal,
    file: Annotated[File, "A file that was uploaded before."],
    kind: Annotated[str, "What it is, as rules name it: measurement, act."] = "file",
    title: Annotated[str | None, "What people call it; the file's own name, when left out."] = None,
) -> Attachment:
    """Attach an uploaded file to a deal, by the kind of what it is."""
    if not KEY.fullmatch(kind):
        raise InvalidInput(
            "{key} is no key: write lower case Latin words joined by underscores, such as first_call.",
            key=kind[:80],
            path=("kind",),
        )
    title = " ".join((title or file.name).split())[:MOST_TITLE]
    made = await call.create(Attachment, {"deal": deal.id, "file": file.id, "kind": kind, "title": title})
    call.record("deal.attached", deal, kind=kind, title=title)
    return made
