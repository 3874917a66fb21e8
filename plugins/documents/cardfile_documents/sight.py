"""Records as the asking person sees them: plain texts by name, what is hidden from him left out."""

from collections.abc import Mapping
from dataclasses import replace

from cardfile.database import Record
from cardfile.journal import Call
from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS, Reading

__all__ = ["Sight", "at_path", "plain"]

_REFERENCES = (Kind.USER, Kind.REFERENCE, Kind.FILE)


class Sight:
    """What a person sees of records, said in the language of a document."""

    def __init__(self, call: Call, language: str) -> None:
        self._call = call
        self.language = language
        self._reading: Reading = replace(call.work.reading, locale=language, zone=call.settings.zone)

    async def value(self, record: Record, path: str) -> object:
        """Return a value of a record as it is kept, None where it is hidden or empty."""
        key = self._call.app.model.of_table(type(record)).key
        if not self._call.rights.sees(key, path):
            return None
        return (await self._call.values(record)).get(path)

    async def text(self, record: Record, path: str) -> str:
        """Return a value as text, empty where it is hidden or there is none."""
        value = await self.value(record, path)
        line = self._call.app.model.of_table(type(record)).lines.get(path)
        if value is None or line is None or line.kind in _REFERENCES:
            return ""
        return plain(KINDS[line.kind].show(value, line.field, self._reading))

    async def texts(self, record: Record) -> dict[str, object]:
        """Return all that is seen of a record and is no reference, by name; cards of plugins by theirs."""
        found: dict[str, object] = {}
        for path in self._call.app.model.of_table(type(record)).lines:
            if text := await self.text(record, path):
                group, dot, key = path.rpartition(".")
                if not dot:
                    found[key] = text
                    continue
                inner = found.setdefault(group, {})
                if isinstance(inner, dict):
                    inner[key] = text
        return found


def plain(text: str) -> str:
    """Return a text without what neither a PDF nor a Word file can hold."""
    return "".join(each for each in text if each.isprintable() or each in "\n\t")


def at_path(values: Mapping[str, object], path: str) -> str:
    """Return the text at a dotted path of nested mappings, empty where there is none."""
    found: object = values
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""
