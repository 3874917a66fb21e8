"""References by name to records of which there may be very many: looked up for a whole portion at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cardfile.clients.names import NAMELESS, complete_name
from cardfile.errors import InvalidInput
from cardfile.imports.host import ImportHost
from cardfile.imports.name_book import SEVERAL, UNKNOWN, Unclear
from cardfile.imports.read_rows import ReadRow
from cardfile.journal.units import Unit
from cardfile.model.names import split_id
from cardfile.model.record_types import RecordType
from cardfile.query.named import ids_by_text
from cardfile.query.rows import visible_ids
from cardfile.rights import Actor
from cardfile.values.cell import shown
from cardfile.values.text import fold

__all__ = ["NameLinks", "title_in"]

CLIENT: Final = "client"

_MOST_TOLD: Final = 20_000


def title_in(record_type: RecordType, values: Mapping[str, object]) -> str | None:
    """Return what a record will be called of which a row gives the parts of the name; None when it gives the name."""
    title = record_type.entity.title
    if title in values or record_type.key != CLIENT:
        return None
    whole = dict(values)
    try:
        complete_name(whole)
    except InvalidInput:
        return None
    name = whole.get(title)
    return str(name) if name not in (None, "", NAMELESS) else None


@dataclass(slots=True)
class NameLinks:
    """Finds whom the names in references mean: exactly one visible record, by its name or by its code."""

    app: ImportHost
    actor: Actor
    record_type: RecordType
    told: set[tuple[str, str]] = field(default_factory=set)

    async def find(self, unit: Unit, rows: Sequence[ReadRow]) -> None:
        """Put ids in the place of names; a name that means nobody, or several, is told once and left out."""
        wanted: dict[str, list[ReadRow]] = defaultdict(list)
        for row in rows:
            for path in row.names:
                wanted[path].append(row)
        for path, some in wanted.items():
            await self._find(unit, path, some)

    async def _find(self, unit: Unit, path: str, rows: Sequence[ReadRow]) -> None:
        target = self.app.model[self.record_type.links[path].target]
        texts = {row.names[path] for row in rows}
        codes = {text: parts[1] for text in texts if (parts := split_id(text)) and parts[0] == target.prefix}
        database, model, rights = self.app.database, self.app.model, self.actor.rights
        seen = await visible_ids(database, model, target, rights, sorted(codes.values()), now=unit.now)
        title = target.entity.title
        found = (
            await ids_by_text(database, model, target, rights, title, texts - codes.keys(), now=unit.now)
            if title in target.lines
            else {}
        )
        for row in rows:
            text = row.names.pop(path)
            ids = [codes[text]] if codes.get(text) in seen else found.get(fold(text), [])
            if len(ids) == 1:
                row.values[path] = ids[0]
            elif (path, text) not in self.told:
                if len(self.told) < _MOST_TOLD:
                    self.told.add((path, text))
                row.note(Unclear(SEVERAL if ids else UNKNOWN, value=shown(text)))
