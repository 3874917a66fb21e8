"""Words on records: tags that a list names are found, made when they are new, and put on."""

from collections.abc import Iterable, Mapping

from cardfile.imports.targets import Tagging
from cardfile.journal.calls import Call
from cardfile.query.rows import fetch_records, iterate_records
from cardfile.rights import EVERYTHING, Scope
from cardfile.values.text import fold_key

__all__ = ["put_words"]


async def put_words(call: Call, tagging: Tagging, words: Mapping[int, Iterable[str]]) -> set[int]:
    """Put words on records, by id; return the records that had not all of theirs.

    A word that nobody has used yet is made, if the actor may make such; else it is left out.
    """
    known = await _known(call, tagging, {word for some in words.values() for word in some})
    there = await _there(call, tagging, list(words))
    rows: list[dict[str, object]] = []
    for record, some in words.items():
        wanted = {known[key] for word in some if (key := fold_key(word)) in known}
        rows += [
            {tagging.link.column: record, tagging.line.path: word}
            for word in sorted(wanted - there.get(record, set()))
        ]
    await call.bulk_create(call.app.model[tagging.link.target].records, rows)
    return {int(str(row[tagging.link.column])) for row in rows}


async def _known(call: Call, tagging: Tagging, words: set[str]) -> dict[str, int]:
    title = tagging.words.entity.title
    app = call.app
    found = iterate_records(app.database, app.model, tagging.words, call.rights, now=call.now, paths=(title,))
    rows = [row async for portion in found for row in portion]
    # Of two that are written alike the older one is meant.
    known = {fold_key(str(row[title])): int(str(row["id"])) for row in reversed(rows)}
    if call.rights.scope(tagging.words.key, "create") is not Scope.NONE:
        for word in sorted(words):
            if fold_key(word) not in known:
                made = await call.create(tagging.words.records, {title: word})
                known[fold_key(word)] = made.id
    return known


async def _there(call: Call, tagging: Tagging, records: list[int]) -> dict[int, set[int]]:
    target, path, column = call.app.model[tagging.link.target], tagging.line.path, tagging.link.column
    back = next(one for one in target.links.values() if one.source == column and one.column == "id")
    rows = await fetch_records(
        call.app.database,
        call.app.model,
        target,
        EVERYTHING,
        now=call.now,
        filter={back.key: {"id": {"in": records}}},
        paths=(path, column),
    )
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(int(str(row[column])), set()).add(int(str(row[path])))
    return found
