"""What templates must be: Word files of a decent size, or what the plugin ships."""

from collections.abc import Mapping, MutableMapping, Sequence

from cardfile.access import File
from cardfile.errors import FileRefused, InvalidInput
from cardfile.journal import Call
from cardfile.plugins import hookimpl
from cardfile.plugins.hookspecs import Befores
from cardfile_documents.choices import Engine
from cardfile_documents.rendering import MEDIA_TYPES
from cardfile_documents.settings import DocumentsSettings

__all__ = ["TemplateRules"]

TEMPLATE = "documents.template"


class TemplateRules:
    """The part of the plugin that looks at templates before they are kept."""

    @hookimpl
    async def records_creating(
        self, call: Call, entity: str, rows: Sequence[MutableMapping[str, object]]
    ) -> None:
        """Take no other file than a Word file for a new template; without one it is not taken first."""
        if entity == TEMPLATE:
            for values in rows:
                if values.get("file") is not None:
                    await _check(call, values)

    @hookimpl
    async def records_changing(
        self, call: Call, entity: str, befores: Befores, changes: Mapping[int, MutableMapping[str, object]]
    ) -> None:
        """Take another file of a template only when it is a Word file."""
        if entity != TEMPLATE:
            return
        for record, values in changes.items():
            if values.get("file") is None:
                continue
            if (await befores())[record].get("engine") != Engine.DOCX:
                raise InvalidInput(
                    "This template is shipped and has no file: make one of your own instead.", path=("file",)
                )
            await _check(call, values)


async def _check(call: Call, values: Mapping[str, object]) -> None:
    """Look at what the upload found out of the file's content; what is inside is looked at by the child."""
    file = await call.get(File, int(str(values["file"])))
    if file.media_type != MEDIA_TYPES[Engine.DOCX]:
        raise FileRefused(
            "This template is no Word document: save it as .docx and send it again.", path=("file",)
        )
    limit = call.settings.section("documents", DocumentsSettings).template_bytes
    if file.size > limit:
        raise FileRefused("This file is larger than {limit} bytes.", path=("file",), limit=limit)
