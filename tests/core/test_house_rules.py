"""What every file of the repository keeps to."""

import ast
import io
import re
import tokenize
import tomllib

from house import ROOT, SOURCE_ROOTS, dotted, python_files, source_files, texts_of, tracked, tree

MOST_LINES = 400

# Rooms that may build statements from tables: those that compile and write them, and those that keep
# rows of the house itself (sessions, jobs, plugin state), which nobody reads over GraphQL.
ROOMS_WITH_TABLES = tuple(
    f"core/cardfile/{room}"
    for room in (
        "database",
        "model",
        "query",
        "journal",
        "jobs",
        "plugins",
        "seeds",
        "access",
        "tasks",
        "imports/results",
        "imports/memory",
    )
)
ROOMS_WITH_SQL = tuple(f"core/cardfile/{room}" for room in ("database", "query", "journal"))

STATEMENT = re.compile(
    r"\s*(?:"
    r"select\s(?!an?\s|the\s|your\s).+\sfrom\s|"  # not the sentence "Select a client from the list"
    r"with\s+\w+(?:\s*\([^)]*\))?\s+as\s*\(|"
    r"insert\s+(?:or\s+\w+\s+)?into\s|"
    r"update\s+\S+\s+set\s|"
    r"delete\s+from\s|"
    r"(?:create|alter|drop)\s+(?:unique\s+)?(?:table|index|view)\s"
    r")",
    re.IGNORECASE | re.DOTALL,
)

# In pieces, so that this file does not contain what it looks for.
NOT_OURS = [
    *(
        ".".join(pieces)
        for pieces in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
    ),
    "/".join(("", "work", "")),
]


def test_the_house_is_seen_whole() -> None:
    seen = {path.as_posix() for path in tracked()}
    assert {"pyproject.toml", "core/cardfile/clock.py", "tests/core/test_house_rules.py"} <= seen
    assert all(python_files(root) for root in SOURCE_ROOTS)


def test_no_python_file_is_longer_than_four_hundred_lines() -> None:
    lengths = {
        str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in python_files()
    }
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_source_roots_and_test_folders_are_no_packages() -> None:
    folders = [
        *SOURCE_ROOTS,
        "plugins",
        "tests",
        "tests/core",
        "tests/graphql",
        "tests/imports",
        "tests/plugins",
    ]
    assert [folder for folder in folders if (ROOT / folder / "__init__.py").exists()] == []


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in python_files("tests") if path.name != "conftest.py"]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}
    assert [str(path) for path in python_files() if empty & {*path.parts, path.stem}] == []


def test_only_the_clock_asks_for_the_time_and_nobody_makes_random_ids() -> None:
    asked = re.compile(r"(?:.*\.)?(?:datetime\.(?:now|utcnow|today)|date\.today|time\.time|uuid[14])")
    found = [
        f"{path}:{node.lineno}"
        for path in source_files()
        if path.as_posix() != "core/cardfile/clock.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name | ast.Attribute) and asked.fullmatch(dotted(node))
    ]
    assert found == []


def test_tables_are_asked_only_in_the_rooms_that_may() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in source_files()
        if not path.as_posix().startswith(ROOMS_WITH_TABLES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"select", "objects", "raw"}
        and dotted(node.func.value).rpartition(".")[2][:1].isupper()
    ]
    assert found == []


def test_sql_text_stands_only_where_the_dialects_are_known() -> None:
    found = [
        f"{path}:{line}"
        for path in source_files()
        if not path.as_posix().startswith(ROOMS_WITH_SQL) and "migrations" not in str(path)
        for line, text in texts_of(path)
        if STATEMENT.match(text)
    ]
    assert found == []


def test_plugins_and_the_schema_use_public_names_of_the_core() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in python_files("graphql", "plugins")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cardfile"
        for part in [*(node.module or "").split("."), *(alias.name for alias in node.names)]
        if part.startswith("_")
    ]
    assert found == []


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = []
    for path in tracked():
        content = (ROOT / path).read_bytes().decode("utf-8", errors="replace")
        # A word before the slash makes it a part of another path, as in a folder called frame-work.
        found += [
            f"{path}: {text}" for text in NOT_OURS if re.search(rf"(?<![\w-]){re.escape(text)}", content)
        ]
    assert found == []


def test_every_silenced_type_error_has_a_code_and_a_reason() -> None:
    right = re.compile(r"#\s*type: ignore\[[a-z0-9, -]+\]\s+#\s*\w+")
    found = []
    for path in python_files():
        source = io.StringIO((ROOT / path).read_text(encoding="utf-8"))
        for token in tokenize.generate_tokens(source.readline):
            silenced = token.type == tokenize.COMMENT and "type: ignore" in token.string
            if silenced and not right.search(token.string):
                found.append(f"{path}:{token.start[0]}")
    assert found == []


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(version)}\]", changelog, re.MULTILINE)


def test_every_floor_is_inside_the_constraints() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    exact = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    floors = dict(re.sub(r"\[.*\]", "", name).split(">=") for name in wanted)
    assert {name: floor for name, floor in floors.items() if exact.get(name) != floor} == {}
