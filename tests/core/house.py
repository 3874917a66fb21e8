"""What the house rules look at: the files of the repository and their syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from shutil import which

ROOT = Path(__file__).parents[2]

SOURCE_ROOTS = (
    "core",
    "graphql",
    "plugins/industry_fitness",
    "plugins/industry_windows",
    "plugins/documents",
)

PACKAGES = {
    "cardfile": "core",
    "cardfile_graphql": "graphql",
    "cardfile_fitness": "plugins/industry_fitness",
    "cardfile_windows": "plugins/industry_windows",
    "cardfile_documents": "plugins/documents",
}
"""The packages of the distribution and the source root in which each lives."""


@cache
def tracked() -> tuple[Path, ...]:
    """Return the files that git keeps or would keep, as paths below the root.

    Files that are not added yet count: a rule should fail before the commit, not after it.
    """
    names = _names_by_git() if (ROOT / ".git").exists() and which("git") else _names_by_walking()
    return tuple(sorted(Path(name) for name in names if (ROOT / name).is_file()))


def _names_by_git() -> set[str]:
    # The clone may belong to another user than the one who runs the tests, as it does on CI machines.
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT)]
    listing = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listing, check=True, capture_output=True, text=True).stdout
    return {name for name in found.split("\0") if name}


def _names_by_walking() -> set[str]:
    # An unpacked archive has no .git: what a clone holds lies in folders without a leading dot.
    kept = {".ci", ".editorconfig", ".gitignore"}
    below = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
    return {
        str(path)
        for path in below
        if "__pycache__" not in path.parts and (path.parts[0] in kept or not path.parts[0].startswith("."))
    }


def python_files(*folders: str) -> list[Path]:
    """Return the Python files below `folders`, or all."""
    return [
        path
        for path in tracked()
        if path.suffix == ".py" and (not folders or any(path.is_relative_to(folder) for folder in folders))
    ]


def source_files() -> list[Path]:
    """Return the Python files of the three packages."""
    return python_files(*SOURCE_ROOTS)


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file of the repository."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for such an expression, and an empty string for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := dotted(node.value)):
        return f"{owner}.{node.attr}"
    return ""


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and beginning of every string in `path` that is not a docstring."""
    inside: set[int] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            inside.update(id(part) for part in node.values)
            first = node.values[0] if node.values else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


def module_name(path: Path) -> str:
    """Return the import name of a file of the three packages."""
    root = next(root for root in SOURCE_ROOTS if path.is_relative_to(root))
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
