"""Labels and sentences in a person's language.

English is the language of the source: an English sentence is the key of its translations, which live in
`<locale>.toml` files beside this module; plugins hand over files of their own.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["LOCALES", "Label", "Texts", "choose_locale", "read_catalogue", "said"]

Label = str | Mapping[str, str]
"""A text for people: one English string, or a mapping from locale (`en`, `ru`) to text."""

LOCALES = ("en", "ru")
"""The locales in which the core speaks."""


def said(label: Label, locale: str) -> str:
    """Return `label` in `locale`, else in English, else in whatever language it has."""
    if isinstance(label, str):
        return label
    return label.get(locale) or label.get("en") or next(iter(label.values()), "")


def choose_locale(wished: Iterable[str], *, known: Iterable[str] = LOCALES) -> str | None:
    """Return the first known locale among `wished` (`ru-RU` counts as `ru`), or None."""
    have = set(known)
    for wish in wished:
        language = wish.strip().lower().replace("_", "-").split("-", 1)[0]
        if language in have:
            return language
    return None


class Texts:
    """A speaker of one language."""

    def __init__(self, locale: str = "en", *, more: Iterable[Mapping[str, str]] = ()) -> None:
        self.locale = locale
        self._sentences: dict[str, str] = dict(_sentences(locale))
        for catalogue in more:
            self._sentences.update(catalogue)

    def say(self, template: str, **values: object) -> str:
        """Return `template` in this language with its `{named}` values filled in."""
        sentence = self._sentences.get(template, template)
        filled = {
            key: said(value, self.locale) if isinstance(value, Mapping) else value
            for key, value in values.items()
        }
        return sentence.format(**filled) if filled else sentence


@lru_cache(maxsize=16)
def _sentences(locale: str) -> Mapping[str, str]:
    # Processes that read foreign files need errors without a word of them, and start in half the time.
    from importlib.resources import files  # noqa: PLC0415

    return read_catalogue(files(__package__) / f"{locale}.toml")


def read_catalogue(path: "Traversable") -> Mapping[str, str]:
    """Return the sentences of a `<locale>.toml` file: English on the left, the language on the right."""
    import tomllib  # noqa: PLC0415  # See above.

    if not path.is_file():
        return {}
    return {key: str(value) for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items()}
