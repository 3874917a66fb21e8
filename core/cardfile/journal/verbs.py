"""The words of a command: from the verb that is done to the event that has happened."""

from typing import Final

__all__ = ["past"]

# Verbs whose past form no rule of spelling gives.
_IRREGULAR: Final = {
    "begin": "begun",
    "bring": "brought",
    "buy": "bought",
    "choose": "chosen",
    "cut": "cut",
    "do": "done",
    "drop": "dropped",
    "find": "found",
    "forget": "forgotten",
    "freeze": "frozen",
    "get": "got",
    "give": "given",
    "go": "gone",
    "hold": "held",
    "keep": "kept",
    "leave": "left",
    "let": "let",
    "lose": "lost",
    "make": "made",
    "meet": "met",
    "pay": "paid",
    "permit": "permitted",
    "plan": "planned",
    "put": "put",
    "read": "read",
    "redo": "redone",
    "sell": "sold",
    "send": "sent",
    "set": "set",
    "ship": "shipped",
    "show": "shown",
    "sign": "signed",
    "skip": "skipped",
    "split": "split",
    "spend": "spent",
    "stop": "stopped",
    "submit": "submitted",
    "swap": "swapped",
    "take": "taken",
    "tag": "tagged",
    "tell": "told",
    "transfer": "transferred",
    "undo": "undone",
    "unfreeze": "unfrozen",
    "untag": "untagged",
    "win": "won",
    "withdraw": "withdrawn",
    "write": "written",
}


def past(verb: str) -> str:
    """Return what has happened once `verb` is done: `created` for `create`, `checked_in` for `check_in`."""
    first, underscore, rest = verb.partition("_")
    return _past_word(first) + underscore + rest


def _past_word(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("e"):
        return word + "d"
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return word[:-1] + "ied"
    return word + "ed"
