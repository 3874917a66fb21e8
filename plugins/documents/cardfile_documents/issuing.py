"""Issuing documents: looked at beforehand, given a number, revised, tried again."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import orjson

from cardfile.deals import Attachment, Deal
from cardfile.errors import InvalidInput, Refused
from cardfile.journal import Call, command
from cardfile.query.unshown import read_unshown
from cardfile.rights import EVERYTHING
from cardfile.texts import said
from cardfile_documents.choices import KINDS, STATUSES, DocumentKind, FileState, Language, Status
from cardfile_documents.choosing import choose_template, template_of_key
from cardfile_documents.numbering import next_number
from cardfile_documents.rendering import MEDIA_TYPES, SUFFIXES, app_of, renders_of, word_of
from cardfile_documents.settings import DocumentsSettings
from cardfile_documents.snapshot import Snapshot, take_snapshot
from cardfile_documents.tables import Document, Template

__all__ = ["Preview", "issue", "issue_for_stage", "preview", "retry", "revise"]

JOB: Final = "documents.render"
PATIENCE: Final = timedelta(minutes=10)
"""After what time a file that is still being made may be asked for again."""

PREVIEW_WAIT: Final = 5.0
"""For how many seconds somebody who wants to look waits for a place."""

INCOMPLETE: Final = "This document cannot be made without: {missing}."


@dataclass(frozen=True, slots=True)
class Preview:
    """How a document would look: a file in base64, and what is still missing for it to be issued."""

    name: str
    media_type: str
    content: str
    missing: list[str]


@command(
    "document.issue",
    label={"en": "Issue a document", "ru": "Выпустить документ"},
    done={"en": "issued", "ru": "выпуск"},
    also={"document.drafted": {"en": "drafted", "ru": "черновик"}},
)
async def issue(
    call: Call,
    deal: Annotated[Deal, "What it is about."],
    kind: Annotated[DocumentKind, "What it is for."],
    *,
    language: Annotated[Language | None, "The language; the client's when it is left out."] = None,
    template: Annotated[
        Template | None, "From what it is made; the preferred one when it is left out."
    ] = None,
) -> Document:
    """Give a document its number and have its file made; the file is attached to the deal when it is ready."""
    chosen = await _chosen(call, deal, kind, language, template)
    snapshot = await _taken(call, deal, kind, chosen)
    if snapshot.missing:
        raise Refused(INCOMPLETE, missing="; ".join(snapshot.missing))
    return await _made(call, deal, kind, chosen, snapshot)


async def issue_for_stage(call: Call, deal: Deal, kind: str, template: str | None) -> Document | None:
    """Issue what a stage asks for, as the acting person sees it; None where it is no kind of ours.

    No right is asked for: the stage says that the document belongs to the move. Where something is missing a
    draft without a number tells what, for a move is not held up by that; `retry` makes a document of it.
    """
    if kind not in set(DocumentKind):
        return None
    wanted, chosen = DocumentKind(kind), None
    try:
        chosen = await template_of_key(call, template) if template else None
        chosen = chosen or await choose_template(call, deal, wanted, None)
        snapshot = await _taken(call, deal, wanted, chosen)
        if snapshot.missing:
            raise Refused(INCOMPLETE, missing="; ".join(snapshot.missing))
    except Refused as refusal:
        return await _draft(call, deal, wanted, chosen, refusal)
    return await _made(call, deal, wanted, chosen, snapshot)


@command(
    "document.preview",
    label={"en": "Look at a document", "ru": "Посмотреть документ"},
    action="issue",
    event="document.previewed",
    writes=False,
)
async def preview(
    call: Call,
    deal: Annotated[Deal, "What it is about."],
    kind: Annotated[DocumentKind, "What it is for."],
    *,
    language: Annotated[Language | None, "The language; the client's when it is left out."] = None,
    template: Annotated[
        Template | None, "From what it is made; the preferred one when it is left out."
    ] = None,
) -> Preview:
    """Show how a document would look; it gets no number, and nothing is written."""
    chosen = await _chosen(call, deal, kind, language, template)
    snapshot = await _taken(call, deal, kind, chosen)
    app = app_of(call.app)
    word = await word_of(app, chosen.engine, chosen.file)
    look = renders_of(app).previewer.render
    content = await look(chosen.engine, chosen.source, word, snapshot.values, wait=PREVIEW_WAIT)
    return Preview(
        name=called(kind, chosen.language) + SUFFIXES[chosen.engine],
        media_type=MEDIA_TYPES[chosen.engine],
        content=b64encode(content).decode(),
        missing=list(snapshot.missing),
    )


@command(
    "document.revise",
    label={"en": "Revise", "ru": "Выпустить новую редакцию"},
    also={"document.replaced": {"en": "replaced by a new revision", "ru": "замена новой редакцией"}},
)
async def revise(
    call: Call,
    document: Document,
    *,
    template: Annotated[Template | None, "From what it is made; as before when it is left out."] = None,
) -> Document:
    """Make a new revision under the same number from what the deal says now; this one is marked as replaced."""
    if not document.number:
        raise Refused("This document has no number yet: try it again instead of revising it.")
    if document.status not in (Status.ISSUED, Status.SENT):
        raise Refused(
            "This document is {status}: issue a new one instead of revising it.", status=_status(document)
        )
    deal = await call.get(Deal, document.deal)
    kind = DocumentKind(document.kind)
    chosen = await _chosen(call, deal, kind, None, template or await _template_of(call, document))
    snapshot = await _taken(call, deal, kind, chosen)
    if snapshot.missing:
        raise Refused(INCOMPLETE, missing="; ".join(snapshot.missing))
    await call.write(document, status=Status.REPLACED.value)
    call.record("documents.document.replaced", document)
    await detach(call, document)
    return await _made(call, deal, kind, chosen, snapshot, previous=document)


@command(
    "document.retry",
    label={"en": "Make the file again", "ru": "Сделать файл заново"},
    done={"en": "tried again", "ru": "повторная подготовка файла"},
)
async def retry(call: Call, document: Document) -> Document:
    """Try again to make the file of a document that has none, from what the deal says now.

    A draft gets its number, if nothing is missing any more.
    """
    is_stuck = document.file_state == FileState.RENDERING and document.updated_at + PATIENCE <= call.now
    if document.file_state != FileState.FAILED and not is_stuck:
        raise Refused("The file of this document is ready or being made: there is nothing to try again.")
    if document.status in (Status.REPLACED, Status.CANCELLED):
        raise Refused("This document is {status}: issue a new one.", status=_status(document))
    deal = await call.get(Deal, document.deal)
    kind = DocumentKind(document.kind)
    chosen = await _template_of(call, document) or await choose_template(call, deal, kind, None)
    snapshot = await _taken(call, deal, kind, chosen)
    if snapshot.missing:
        raise Refused(INCOMPLETE, missing="; ".join(snapshot.missing))
    number: Mapping[str, object] = {}
    if not document.number:
        number = await _number(call, kind, chosen)
    text = str(number.get("number") or document.number)
    await call.write(
        document,
        {
            **number,
            **_said(call, snapshot, text, document.revision),
            "template": chosen.id,
            "file_state": FileState.RENDERING.value,
            "failure": None,
        },
    )
    await _put_in(call, document)
    return document


async def detach(call: Call, document: Document) -> None:
    """Lay aside the attachment by which the deal shows a document that does not hold any more."""
    if not document.file:
        return
    wanted = {"deal": {"id": {"eq": document.deal}}, "file": {"id": {"eq": document.file}}}
    for one in await call.find(Attachment, filter=wanted, limit=10):
        await call.archive(one)


def called(kind: DocumentKind, language: str) -> str:
    """Return what a document of a kind is called in its own language."""
    return next(said(one.label, language) for one in KINDS if one.key == kind)


async def _chosen(
    call: Call, deal: Deal, kind: DocumentKind, language: Language | None, template: Template | None
) -> Template:
    if template is None:
        return await choose_template(call, deal, kind, language)
    if template.archived_at:
        raise Refused(
            "The template {name} is in the archive.", name=call.told(template, "title"), path=("templateId",)
        )
    if template.kind != kind or (language and template.language != language):
        raise InvalidInput(
            "The template {name} is for another kind of document, or for another language.",
            name=call.told(template, "title"),
            path=("templateId",),
        )
    return template


async def _template_of(call: Call, document: Document) -> Template | None:
    return await call.get(Template, document.template, rights=EVERYTHING) if document.template else None


async def _taken(call: Call, deal: Deal, kind: DocumentKind, template: Template) -> Snapshot:
    return await take_snapshot(call, _settings(call), deal, kind, template.language)


async def _made(
    call: Call,
    deal: Deal,
    kind: DocumentKind,
    template: Template,
    snapshot: Snapshot,
    *,
    previous: Document | None = None,
) -> Document:
    """Make the document with its number, and put in the job that makes its file."""
    if previous is None:
        number, revision = await _number(call, kind, template), 1
    else:
        series = await read_unshown(call.app.database, Document, Document.series, [previous.id])
        number = {key: getattr(previous, key) for key in ("number", "year", "serial")}
        number["series"], revision = series[previous.id], previous.revision + 1
    text = str(number["number"])
    title = f"{called(kind, template.language)} {text}" + (f" ({revision})" if revision > 1 else "")
    made = await call.create(
        Document,
        {
            "deal": deal.id,
            "kind": kind.value,
            "language": template.language,
            "template": template.id,
            "status": Status.ISSUED.value,
            "file_state": FileState.RENDERING.value,
            "previous": previous.id if previous else None,
            "revision": revision,
            **number,
            "title": title,
            **_said(call, snapshot, text, revision),
        },
    )
    call.record("documents.document.issued", made)
    await _put_in(call, made)
    return made


async def _draft(
    call: Call, deal: Deal, kind: DocumentKind, template: Template | None, refusal: Refused
) -> Document:
    """Make a draft that says, to whoever wanted it, why it is none yet."""
    language = template.language if template else call.settings.locale
    made = await call.create(
        Document,
        {
            "deal": deal.id,
            "kind": kind.value,
            "language": language,
            "template": template.id if template else None,
            "title": called(kind, language),
            "status": Status.DRAFT.value,
            "file_state": FileState.FAILED.value,
            "failure": refusal.say(call.texts),
        },
    )
    call.record("documents.document.drafted", made)
    return made


async def _number(call: Call, kind: DocumentKind, template: Template) -> dict[str, object]:
    given = await next_number(call, _settings(call), kind)
    return {
        "number": given.text,
        "series": given.series,
        "year": given.year,
        "serial": given.serial,
        "status": Status.ISSUED.value,
        "title": f"{called(kind, template.language)} {given.text}",
    }


def _said(call: Call, snapshot: Snapshot, number: str, revision: int) -> dict[str, Any]:
    """Return what is kept of a snapshot with the document."""
    return {
        "amount": snapshot.amount,
        "issued_on": call.now.astimezone(ZoneInfo(call.settings.zone)).date(),
        "snapshot": orjson.dumps(snapshot.numbered(number, revision)).decode(),
    }


async def _put_in(call: Call, document: Document) -> None:
    # The version makes it another job each time that the file is asked for.
    key = f"{JOB}/{document.id}/{document.version}"
    await app_of(call.app).jobs.enqueue(JOB, {"document": document.id}, key=key)


def _settings(call: Call) -> DocumentsSettings:
    return call.settings.section("documents", DocumentsSettings)


def _status(document: Document) -> Mapping[str, str]:
    label = next(one.label for one in STATUSES if one.key == document.status)
    return label if isinstance(label, Mapping) else {"en": label}
