"""What is done in the child process: a template and plain values in, a file out.

The question is a line of JSON (`engine`, `source`, `values`), then the bytes of a Word template, if it is one.
"""

import json
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from cardfile.errors import Refused

__all__ = ["answer"]

SOURCES: Final = Path(__file__).parent / "typst"
MOST_TAGGED: Final = 500
"""Up to how many lines a PDF is tagged for screen readers: tags of longer ones take ten times the work."""

MOST_PARTS: Final = 2_000
MOST_UNPACKED: Final = 100_000_000
_NO_WORD: Final = "This template is no Word document: save it as .docx and send it again."
_TOO_MUCH: Final = "This Word template is too large when it is unpacked."
_MACROS: Final = "This Word template holds macros: save it as .docx without them."
_WRONG: Final = "The Word template cannot be filled in: {reason}."
_UNKNOWN: Final = "The Word template asks for what there is none of, or what you may not see: {names}."


def answer(question: bytes) -> bytes:
    """Return the file that the question asks for; raises `Refused` with what is wrong with the template."""
    head, _, template = question.partition(b"\n")
    told: Mapping[str, Any] = json.loads(head)
    if told["engine"] == "typst":
        return _typst(told["source"], told["values"])
    return _word(template, told["values"])


def _typst(source: str, values: Mapping[str, Any]) -> bytes:
    # Each engine is imported by those who need it: Word costs half a second.
    import typst  # noqa: PLC0415

    if not re.fullmatch(r"[a-z_]+", source) or not (SOURCES / f"{source}.typ").is_file():
        raise Refused("There is no shipped template {source}.", source=source)
    made: bytes = typst.compile(
        str(SOURCES / f"{source}.typ"),
        root=str(SOURCES),
        sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
        format="pdf",
        # The same document is the same bytes wherever and whenever it is made.
        ignore_system_fonts=True,
        timestamp=0,
        pdf_tags=len(values.get("lines", ())) <= MOST_TAGGED,
    )
    return made


def _word(template: bytes, values: Mapping[str, Any]) -> bytes:
    _check_word(template)
    from docxtpl import DocxTemplate  # noqa: PLC0415
    from jinja2 import TemplateError, Undefined  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415
    from lxml.etree import LxmlError  # noqa: PLC0415

    missing: dict[str, None] = {}

    class Missing(Undefined):
        """What a template names and there is none of: false in a condition, told where it is to be shown."""

        def __getattr__(self, name: str) -> Any:
            if name[:2] == "__":
                raise AttributeError(name)
            return Missing(name=f"{self._undefined_name}.{name}")

        def __getitem__(self, key: object) -> Any:
            return Missing(name=f"{self._undefined_name}.{key}")

        def __str__(self) -> str:
            missing[str(self._undefined_name)] = None
            return ""

        def __html__(self) -> str:
            return str(self)

        def __iter__(self) -> Any:
            str(self)
            return iter(())

    class Environment(ImmutableSandboxedEnvironment):
        """The sandbox, in which a missing field of a known thing is called by both names."""

        def undefined_of(self, thing: object, name: str) -> Any:
            known = next((key for key, value in values.items() if value is thing), None)
            return Missing(name=f"{known}.{name}" if known else name)

        def getattr(self, obj: Any, attribute: str) -> Any:
            found = super().getattr(obj, attribute)
            if isinstance(found, Undefined) and isinstance(obj, dict):
                return self.undefined_of(obj, attribute)
            return found

    try:
        word = DocxTemplate(BytesIO(template))
        word.render(dict(values), jinja_env=Environment(undefined=Missing, autoescape=True), autoescape=True)
        if missing:
            raise Refused(_UNKNOWN, names=", ".join(sorted(missing)))
        out = BytesIO()
        word.save(out)
    except (TemplateError, LxmlError, OverflowError, TypeError, ValueError, KeyError) as error:
        raise Refused(_WRONG, reason=str(error).rstrip(".")[:300] or type(error).__name__) from error
    return out.getvalue()


def _check_word(template: bytes) -> None:
    """Refuse what is no Word document, or one that would unpack to too much."""
    try:
        with zipfile.ZipFile(BytesIO(template)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "word/document.xml" not in names or "[Content_Types].xml" not in names:
                raise Refused(_NO_WORD)
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Refused(_MACROS)
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Refused(_TOO_MUCH)
            unpacked = 0
            for part in parts:
                # What the list of parts says of their sizes need not be true.
                with archive.open(part) as opened:
                    while piece := opened.read(1 << 20):
                        unpacked += len(piece)
                        if unpacked > MOST_UNPACKED:
                            raise Refused(_TOO_MUCH)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Refused(_NO_WORD) from error
