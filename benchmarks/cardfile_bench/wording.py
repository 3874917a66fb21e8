"""What statements written by hand need of the declarations: the words for keys, as constants."""

from collections.abc import Sequence

import orjson

from cardfile.model.fields import Choice
from cardfile.texts import said

__all__ = ["case_of"]


def case_of(column: str, choices: Sequence[Choice], *parts: str) -> str:
    """Return SQL that turns the key of a choice into its JSON, in Russian as the readers have it."""
    told = ""
    for choice in choices:
        values = {"key": choice.key, "label": said(choice.label, "ru"), "color": choice.color}
        json = orjson.dumps({part: values[part] for part in parts or ("key", "label")}).decode()
        told += f" when '{choice.key}' then '{json}'"
    return f"case {column}{told} else 'null' end"
