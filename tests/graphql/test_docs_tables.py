"""The tables of the docs say what the code says; a table that has fallen behind is shown as it should be."""

import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from cardfile import App, CardField, Kind, Plugin, Settings
from cardfile.cli.program import COMMANDS, ExitCode
from cardfile.model.kinds import KINDS
from cardfile.plugins.hookspecs import SPECS, colour_of
from cardfile_graphql.filters import NAME_OF
from cardfile_graphql.inputs import InputTypes
from cardfile_graphql.schema import build_schema
from graphql import GraphQLObjectType

DOCS = Path(__file__).parents[2] / "docs"
README = DOCS.parent / "README.md"
LINKED = (Kind.USER, Kind.REFERENCE, Kind.FILE)


def of_kind(kind: Kind) -> CardField:
    choices = ("one", "two") if kind in (Kind.CHOICE, Kind.CHOICES) else ()
    to = "client" if kind is Kind.REFERENCE else None
    return CardField(f"a_{kind}", str(kind), kind, on="client", choices=choices, to=to)


class Sampler(Plugin):
    """A card with one field of every kind."""

    name = "sampler"
    label = "Sampler"
    requires = "cardfile>=0"
    card_fields = tuple(of_kind(kind) for kind in Kind)


def rows_of(page: Path, head: str) -> list[str]:
    """Return the lines of the table that begins with `head`."""
    lines = page.read_text(encoding="utf-8").splitlines()
    start = lines.index(head)
    end = next((i for i in range(start, len(lines)) if not lines[i].startswith("|")), len(lines))
    return lines[start + 2 : end]


def cells(row: str) -> list[str]:
    return [one.strip() for one in row.strip("|").split(" | ")]


def test_the_table_of_kinds_is_true() -> None:
    app = App.build(Settings(plugins=("graphql",)), plugins=(Sampler,))
    schema = build_schema(app).schema
    inputs: InputTypes = build_schema(app).metadata.inputs
    card = schema.type_map["SamplerClientCard"]
    assert isinstance(card, GraphQLObjectType)
    wanted = []
    for kind in Kind:
        line = app.model["client"].lines[f"sampler.a_{kind}"]
        name = "".join(word.capitalize() if i else word for i, word in enumerate(f"a_{kind}".split("_")))
        gives, takes = card.fields[name].type, inputs.type_of_line(line)
        operators = " ".join(f"`{one}`" for one in KINDS[kind].operators)
        if kind in LINKED:
            operators = "a filter of the record"
        order = "yes" if KINDS[kind].is_orderable else "no"
        wanted.append(
            f"| `{kind.name}` | {KINDS[kind].column.name} | `{takes}` | `{gives}` | {operators} | {order} |"
        )
        assert kind in LINKED or kind in NAME_OF
    assert rows_of(DOCS / "model.md", "| kind | column | input | GraphQL type | filter | order |") == wanted


def test_the_table_of_hooks_is_true() -> None:
    wanted = []
    for name, spec in SPECS.items():
        parameters = ", ".join(f"`{one}`" for one in inspect.signature(spec).parameters)
        sentence = inspect.cleandoc(spec.__doc__ or "").replace("\n", " ")
        wanted.append(f"| `{name}` | {colour_of(spec)} | {parameters} | {sentence} |")
    assert rows_of(DOCS / "writing.md", "| hook | colour | given | when |") == wanted


def settings_told() -> Iterator[tuple[str, str]]:
    """Yield the name of every setting with its default as the tables write it."""
    made = Settings()
    for name in Settings.model_fields:
        if name not in {"limits", "sheets", "keep", "sections"}:
            value = getattr(made, name)
            yield name, "—" if value is None or value == () else _told(value)
    for group in ("limits", "sheets", "keep"):
        for name, value in getattr(made, group):
            yield f"{group}.{name}", _told(value)


def _told(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_the_tables_of_settings_are_true() -> None:
    shown = [cells(row) for row in rows_of(README, "| setting | default | meaning |")]
    told = [(one[0].strip("`"), one[1].strip("`")) for one in shown]
    assert told == [(name, default.replace(",", "")) for name, default in settings_told()]


def test_the_table_of_commands_is_complete() -> None:
    told = [cells(row)[0] for row in rows_of(README, "| command | what it does |")]
    assert [one.split("`")[1].split()[1] for one in told] == list(COMMANDS)


def test_the_exit_codes_are_told() -> None:
    page = README.read_text(encoding="utf-8")
    assert [one for one in ExitCode if f"`{one.value}` " not in page] == []


def test_the_drawing_of_the_rooms_is_that_of_the_import_contract() -> None:
    contracts = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]
    layers = next(one["layers"] for one in contracts["contracts"] if one.get("containers") == ["cardfile"])
    rooms = [name for layer in layers for name in re.findall(r"[a-z_]+", layer)]
    drawing = (
        (DOCS / "architecture.md")
        .read_text(encoding="utf-8")
        .partition("\n cardfile\n")[2]
        .partition("```")[0]
    )
    drawn = re.findall(r"[a-z_]+", re.sub(r"(?<=\S) {4,}.*", "", drawing))
    assert set(drawn) == set(rooms) - {"__main__", "core_plugin"}
    place = {name: index for index, layer in enumerate(layers) for name in re.findall(r"[a-z_]+", layer)}
    assert [place[name] for name in drawn] == sorted(place[name] for name in drawn)
