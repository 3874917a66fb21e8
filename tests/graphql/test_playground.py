"""The playground loads nothing from elsewhere, and its examples are right."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from cardfile import App, Settings
from cardfile_graphql import build_schema
from cardfile_graphql.playground import PLAYGROUND, PLAYGROUND_POLICY
from graphql import parse, validate

PAGE = PLAYGROUND.decode()
EXAMPLES = re.findall(r'^  "([^"]+)": `(.+)`,$', PAGE, re.MULTILINE)


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert re.findall(r"""(?:https?:)?//[a-z]|\b(?:src|import|@import)\s*[=(]""", PAGE) == []
    assert b"default-src 'none'" in PLAYGROUND_POLICY


@pytest.mark.parametrize("tag", ["script", "style"])
def test_only_its_own_script_and_style_are_let_in(tag: str) -> None:
    (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", PAGE, re.DOTALL)
    digest = b64encode(sha256(inside.encode()).digest()).decode()
    assert f"{tag}-src 'sha256-{digest}'" in PLAYGROUND_POLICY.decode()
    assert not re.search(r"""\s(?:style|on[a-z]+)=["']""", PAGE)


def test_it_brings_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize("document", [one[1] for one in EXAMPLES], ids=[one[0] for one in EXAMPLES])
def test_an_example_is_right_without_any_edition(document: str) -> None:
    schema = build_schema(App.build(Settings(plugins=("graphql",)))).schema
    assert validate(schema, parse(document.replace("\\n", "\n"))) == []
