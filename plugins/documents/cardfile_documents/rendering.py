"""Turning templates and values into files, in child processes."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from cardfile.app import App
from cardfile.children.children import ChildLimits, Children
from cardfile.errors import DeclarationError, FileRefused, Refused
from cardfile_documents.choices import Engine

__all__ = ["MEDIA_TYPES", "SUFFIXES", "Renderer", "Renders", "app_of", "renders_of", "word_of"]

MEDIA_TYPES: Final[Mapping[str, str]] = {
    Engine.TYPST: "application/pdf",
    Engine.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""What each engine makes."""

SUFFIXES: Final[Mapping[str, str]] = {Engine.TYPST: ".pdf", Engine.DOCX: ".docx"}
"""How names of what each engine makes end."""

MOST_BYTES: Final = 50_000_000

# Ten thousand lines take seven seconds and 1,200 MB of addresses; a page takes 0.04 s.
LIMITS: Final = ChildLimits(memory=1_600_000_000, cpu_seconds=60, patience_seconds=120.0)
PREVIEW_LIMITS: Final = ChildLimits(memory=1_600_000_000, cpu_seconds=15, patience_seconds=15.0)


class Renderer:
    """Makes files of templates and plain values; it knows nothing of records and rights."""

    def __init__(self, *, limits: ChildLimits | None = None) -> None:
        self._children = Children("cardfile_documents.child", limits=limits or LIMITS)

    async def render(
        self,
        engine: str,
        source: str | None,
        word: bytes,
        values: Mapping[str, Any],
        *,
        wait: float | None = None,
    ) -> bytes:
        """Return the file; raises `Refused` with what is wrong, and when there is no place within `wait` seconds.

        `source` names a shipped template; `word` is the content of a Word template.
        """
        head = {"engine": engine, "source": source, "values": values}
        return await self._children.ask(orjson.dumps(head) + b"\n" + word, wait=wait)


class Renders:
    """A plugin that has renderers, two for each app: people who look do not hold up what was issued."""

    def __init__(self) -> None:
        self.renderer = Renderer()
        self.previewer = Renderer(limits=PREVIEW_LIMITS)


def renders_of(app: App) -> Renders:
    """Return the plugin that has the renderers of the app."""
    found = next((one for one in app.plugins if isinstance(one, Renders)), None)
    if found is None:
        raise DeclarationError("documents: the plugin is not loaded, so nothing can be rendered")
    return found


def app_of(app: object) -> App:
    """Return the app of a command as a whole; raises `TypeError` when it is none."""
    if not isinstance(app, App):
        raise TypeError("the app of this command was not built by App.build")
    return app


async def word_of(app: App, engine: str, file: int | None) -> bytes:
    """Return the content of a Word template, empty for a shipped one; raises `Refused` when there is none."""
    if engine != Engine.DOCX:
        return b""
    kept = await app.access.files.hash_of(file) if file is not None else None
    if kept is None:
        raise Refused("The template has no file: upload a Word file for it.")
    pieces, size = [], 0
    async for piece in app.access.files.store.pieces(kept):
        size += len(piece)
        if size > MOST_BYTES:
            raise FileRefused("This file is larger than {limit} bytes.", limit=MOST_BYTES)
        pieces.append(piece)
    return b"".join(pieces)
