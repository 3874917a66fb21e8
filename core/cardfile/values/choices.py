"""Choices from a list: what people type → the keys of the list."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain

from cardfile.errors import InvalidInput
from cardfile.texts import Label, said
from cardfile.values.cell import Cell, UnitNumber, cell_text, is_empty, shown
from cardfile.values.text import fold_key

__all__ = ["ChoiceIndex", "parse_choice", "parse_choices"]

_MOST_TOLD = 12
_separators = re.compile(r"\s*([,;|/\n])\s*").split


class _Told(dict[str, str]):
    """A label made of other labels, which an English sentence shows in English."""

    def __format__(self, spec: str) -> str:
        return format(said(self, "en"), spec)


class ChoiceIndex:
    """The choices of one field, found by key, by label in any language, or by synonym.

    `labels` maps keys to labels, in order; `synonyms` maps keys to further words. Case, ё and е, punctuation
    and letters that look alike make no difference; where two choices then share a word, the key goes before
    the label, the label before the synonym, and equals are ambiguous. Made once for a field.
    """

    __slots__ = ("_exact", "_folded", "labels")

    def __init__(
        self, labels: Mapping[str, Label], *, synonyms: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self.labels: Mapping[str, Label] = dict(labels)
        self._exact: dict[str, tuple[str, ...]] = {}
        self._folded: dict[str, tuple[str, ...]] = {}
        for layer in (
            {key: [key] for key in self.labels},
            {key: _names(label) for key, label in self.labels.items()},
            {key: list((synonyms or {}).get(key, ())) for key in self.labels},
        ):
            _add(self._exact, layer, folded=False)
            _add(self._folded, layer, folded=True)

    def find(self, text: str) -> tuple[str, ...]:
        """Return the keys that `text` may mean: one, none, or the several that share it."""
        return self._exact.get(text) or self._folded.get(fold_key(text), ())


def _names(label: Label) -> list[str]:
    return [label] if isinstance(label, str) else list(label.values())


def _add(index: dict[str, tuple[str, ...]], layer: Mapping[str, Iterable[str]], *, folded: bool) -> None:
    words: dict[str, tuple[str, ...]] = {}
    for key, names in layer.items():
        for name in {fold_key(name) if folded else name for name in names}:
            if name:
                words[name] = (*words.get(name, ()), key)
    for word, keys in words.items():
        index.setdefault(word, keys)


def parse_choice(raw: Cell, choices: ChoiceIndex) -> str:
    """Return the key of the choice that `raw` names; raises `InvalidInput` with the choices there are."""
    if type(raw) is str and raw in choices.labels:
        return raw  # a program, or an earlier reading
    text = _text(raw)
    keys = choices.find(text)
    if len(keys) == 1:
        return keys[0]
    if keys:
        raise InvalidInput(
            "{value} may mean several choices: {choices}. Write the whole name.",
            value=shown(raw),
            choices=_told(choices, keys),
        )
    raise InvalidInput(
        "{value} is none of the choices: {choices}.", value=shown(raw), choices=_told(choices, choices.labels)
    )


def parse_choices(raw: Cell | Iterable[Cell], choices: ChoiceIndex) -> tuple[str, ...]:
    """Return the keys that `raw` names, in its order, none twice; an empty cell names none.

    A text is cut at commas, semicolons, strokes, slashes and line ends, but not inside a name that has them.
    """
    if raw is None or is_empty(raw):
        return ()
    if isinstance(raw, str):
        return tuple(dict.fromkeys(_several(raw, choices)))
    if isinstance(raw, Iterable):
        return tuple(dict.fromkeys(chain.from_iterable(parse_choices(item, choices) for item in raw)))
    return (parse_choice(raw, choices),)


def _several(raw: str, choices: ChoiceIndex) -> list[str]:
    pieces = _separators(raw.strip())  # Names stand at even places, the marks between them at odd ones.
    found: list[str] = []
    start = 0
    while start < len(pieces):
        if not pieces[start]:
            start += 2
            continue
        stops = range(min(len(pieces), start + 9), start, -2)
        named = (stop for stop in stops if choices.find(_joined(pieces, start, stop)))
        stop = next(named, start + 1)
        found.append(parse_choice(_joined(pieces, start, stop), choices))
        start = stop + 1
    return found


def _joined(pieces: list[str], start: int, stop: int) -> str:
    return "".join(pieces[start:stop])


def _text(raw: Cell) -> str:
    if isinstance(raw, UnitNumber):
        return str(raw)
    try:
        return cell_text(raw)
    except InvalidInput:
        return shown(raw)


def _told(choices: ChoiceIndex, keys: Iterable[str]) -> _Told:
    keys = list(keys)
    more = ", …" if len(keys) > _MOST_TOLD else ""
    labels = [choices.labels[key] or key for key in keys[:_MOST_TOLD]]
    locales = {"en", *chain.from_iterable(label for label in labels if isinstance(label, Mapping))}
    return _Told({locale: ", ".join(said(label, locale) for label in labels) + more for locale in locales})
