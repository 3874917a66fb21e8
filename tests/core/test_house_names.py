"""Public names: each exists, each is documented, each entry point leads somewhere."""

import ast
import importlib
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from house import PACKAGES, ROOT, module_name, source_files, tree

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

# Their contract is that of what they implement, which is documented there.
INHERITED = {"override", "overload", "setter", "deleter"}


def entry_points() -> Iterator[EntryPoint]:
    """Yield all that the distribution declares, whatever happens to be installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    for group, entries in groups.items():
        for name, value in entries.items():
            yield EntryPoint(name, value, group)


def public_names(path: Path) -> Iterator[tuple[str, Documented]]:
    """Yield the public module, classes, functions and methods of a file."""
    name = module_name(path)
    if any(part.startswith("_") and part != "__main__" for part in name.split(".")):
        return
    yield name, tree(path)
    places: list[tuple[str, ast.Module | ast.ClassDef]] = [(name, tree(path))]
    while places:
        prefix, place = places.pop()
        for node in place.body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            marks = {last_word(mark) for mark in node.decorator_list}
            if node.name.startswith("_") or marks & INHERITED:
                continue
            yield f"{prefix}.{node.name}", node
            if isinstance(node, ast.ClassDef):
                places.append((f"{prefix}.{node.name}", node))


def last_word(mark: ast.expr) -> str:
    """Return the last name of a decorator, `setter` for `@value.setter`."""
    mark = mark.func if isinstance(mark, ast.Call) else mark
    return mark.attr if isinstance(mark, ast.Attribute) else mark.id if isinstance(mark, ast.Name) else ""


def test_every_public_name_has_a_docstring() -> None:
    silent = [
        name for path in source_files() for name, node in public_names(path) if not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_lists_its_public_names_and_has_them(package: str) -> None:
    initials = [
        path
        for path in source_files()
        if path.name == "__init__.py" and module_name(path).split(".")[0] == package
    ]
    assert initials, f"{package} has no __init__.py"
    for path in initials:
        module = importlib.import_module(module_name(path))
        listed = list(getattr(module, "__all__", ()))
        offers_names = any(
            isinstance(node, ast.ImportFrom | ast.ClassDef | ast.FunctionDef) for node in tree(path).body
        )
        assert listed or not offers_names, f"{path} offers names and lists none in __all__"
        assert len(set(listed)) == len(listed), f"{path} lists a name twice"
        assert [name for name in listed if not hasattr(module, name)] == [], path


@pytest.mark.parametrize("module", [module_name(path) for path in source_files() if path.stem != "__main__"])
def test_what_a_module_lists_is_there(module: str) -> None:
    loaded = importlib.import_module(module)
    assert [name for name in getattr(loaded, "__all__", ()) if not hasattr(loaded, name)] == []


@pytest.mark.parametrize("entry", list(entry_points()), ids=lambda entry: f"{entry.group}:{entry.name}")
def test_every_entry_point_leads_to_something(entry: EntryPoint) -> None:
    package = entry.module.split(".")[0]
    place = ROOT / PACKAGES[package] / Path(*entry.module.split("."))
    assert place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()
    assert entry.load() is not None


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(package: str) -> None:
    assert (ROOT / PACKAGES[package] / package / "py.typed").is_file()
