"""Which template a document is made from."""

from typing import Final

from cardfile.clients import Client
from cardfile.deals import Deal
from cardfile.errors import Refused
from cardfile.journal import Call
from cardfile.rights import EVERYTHING
from cardfile_documents.choices import DocumentKind, Engine, Language
from cardfile_documents.tables import Template

__all__ = ["choose_template", "template_of_key"]

MOST: Final = 50


async def choose_template(call: Call, deal: Deal, kind: DocumentKind, language: Language | None) -> Template:
    """Return the template of a kind: in `language`, else in the client's, else in that of the installation.

    The preferred one goes before others, and older ones before newer ones. Raises `Refused` when there is none.
    """
    wishes = (
        [language.value] if language else [*await _languages(call, deal), *(one.value for one in Language)]
    )
    for wish in dict.fromkeys(wishes):
        found = await call.find(
            Template,
            filter={"kind": {"eq": kind.value}, "language": {"eq": wish}},
            order=("-is_preferred", "id"),
            limit=MOST,
            # Templates are the same for everybody, and a stage may ask somebody who may not list them.
            rights=EVERYTHING,
        )
        usable = (one for one in found if one.engine == Engine.TYPST or one.file)
        if (first := next(usable, None)) is not None:
            return first
    raise Refused(
        "There is no template for this kind of document: upload a Word file as one.", path=("kind",)
    )


async def template_of_key(call: Call, key: str) -> Template | None:
    """Return the live template that is called `key`, None when there is none."""
    found = await call.find(Template, filter={"key": {"eq": key}}, limit=1, rights=EVERYTHING)
    return found[0] if found else None


async def _languages(call: Call, deal: Deal) -> list[str]:
    client = next(iter(await call.load(Client, [deal.client])), None)
    known = {one.value for one in Language}
    wishes = [client.language if client else None, call.settings.locale]
    return [wish for wish in wishes if wish in known]
