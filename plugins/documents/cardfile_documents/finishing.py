"""From a number to a file: the job that makes it, and the command that keeps it with the document."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import orjson

from cardfile.access import File
from cardfile.access.file_store import Content
from cardfile.app import App
from cardfile.deals import Attachment, Deal
from cardfile.errors import Refused
from cardfile.failpoints import failpoint
from cardfile.journal import Call, command
from cardfile.plugins import JobKind, JobRun
from cardfile.query.rows import fetch_records
from cardfile.query.unshown import read_unshown
from cardfile.rights import EVERYTHING, Actor
from cardfile_documents.choices import FileState, Status
from cardfile_documents.rendering import MOST_BYTES, SUFFIXES, renders_of, word_of
from cardfile_documents.tables import Document, Template

__all__ = ["JOB_KIND", "fail_file", "keep_file"]

ATTEMPTS: Final = 5


class _Gone(Exception):
    """Nobody waits for the file any more: it is there, or the document was laid aside."""


@command(
    "document.keep_file",
    label={"en": "Keep the file of a document", "ru": "Сохранить файл документа"},
    done={"en": "file made", "ru": "файл готов"},
    owner_only=True,
)
async def keep_file(
    call: Call, document: Document, file: Annotated[File, "The file that was made."]
) -> Document:
    """Keep the file that was made of a document, and show it among the attachments of the deal."""
    if document.file_state != FileState.RENDERING:
        raise Refused("Nobody waits for the file of this document.")
    await call.write(document, file=file.id, file_state=FileState.READY.value, failure=None)
    if document.status not in (Status.CANCELLED, Status.REPLACED):
        deal, shown = await call.get(Deal, document.deal), {"kind": document.kind, "title": document.title}
        await call.create(Attachment, {"deal": deal.id, "file": file.id, **shown})
        call.record("deal.attached", deal, **shown)
    failpoint("documents.before_commit")
    return document


@command(
    "document.fail_file",
    label={"en": "Tell why a document has no file", "ru": "Сообщить, почему нет файла"},
    done={"en": "file failed", "ru": "файл не получился"},
    owner_only=True,
)
async def fail_file(call: Call, document: Document, why: Annotated[str, "The sentence."]) -> Document:
    """Say why the file of a document could not be made; somebody may have it tried again."""
    if document.file_state != FileState.RENDERING:
        raise Refused("Nobody waits for the file of this document.")
    return await call.write(document, file_state=FileState.FAILED.value, failure=why)


async def render(run: JobRun) -> None:
    """Make the file of one document: wherever this is cut off, it can be done again from the beginning.

    The same snapshot gives the same bytes, which the store keeps once; row, file and attachment are written in
    one transaction, by whoever comes first.
    """
    app, document = run.app, int(run.payload["document"])
    try:
        content, name = await _content(app, document)
    except _Gone:
        return
    except Refused as refusal:
        # Another try would come to the same end.
        await _tell(app, document, refusal)
        return
    except Exception:
        if run.attempt >= ATTEMPTS:
            await _tell(app, document, Refused("This could not be done; the log of the server says why."))
        raise
    failpoint("documents.file_kept")
    try:
        async with app.unit_of_work(Actor.system("documents"), via="job") as work:
            file = await app.access.files.enter(content, name=name, owner=None)
            await work.do("documents.document.keep_file", document=document, file=file.id)
    except Refused:
        # Somebody else kept it in the meantime; what was written here is undone.
        if await _is_awaited(app, document):
            raise


async def _content(app: App, document: int) -> tuple[Content, str]:
    """Return what the store keeps of the rendered file, and what the file is called."""
    row = await _row(app, Document, document)
    if row is None or row["file_state"] != FileState.RENDERING:
        raise _Gone
    found = await read_unshown(app.database, Document, Document.snapshot, [document])
    template = await _row(app, Template, row["template"])
    if template is None:
        raise _Gone
    engine, word = template["engine"], await word_of(app, template["engine"], template["file"])
    content = await renders_of(app).renderer.render(
        engine, template["source"], word, orjson.loads(str(found[document]))
    )
    failpoint("documents.rendered")
    kept = await app.access.files.store.put(_whole(content), limit=MOST_BYTES)
    return kept, f"{row['title']}{SUFFIXES[engine]}"


async def _tell(app: App, document: int, refusal: Refused) -> None:
    if await _is_awaited(app, document):
        async with app.unit_of_work(Actor.system("documents"), via="job") as work:
            why = refusal.say(app.texts(app.settings.locale))
            await work.do("documents.document.fail_file", document=document, why=why)


async def _is_awaited(app: App, document: int) -> bool:
    row = await _row(app, Document, document)
    return row is not None and row["file_state"] == FileState.RENDERING


async def _row(app: App, table: type[Document | Template], record: int) -> dict[str, Any] | None:
    rows = await fetch_records(
        app.database,
        app.model,
        app.model.of_table(table),
        EVERYTHING,
        now=app.clock.now(),
        ids=[record],
        archived=True,
    )
    return rows[0] if rows else None


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


JOB_KIND: Final = JobKind("render", render, transactional=False, attempts=ATTEMPTS)
"""The job that makes the file of a document."""
