"""Every GraphQL document of the README and the docs is run, in the order of its page, against the demo.

A block `graphql` that is a query must be answered by one statement; `graphql plain` may take the plain executor;
`graphql refused` is a mutation that comes back with user errors; `graphql file` gets an uploaded list as `$file`.
A block `json variables` after it gives the variables, `json answer` the data of the answer.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from httpx2 import ASGITransport, AsyncClient

from cardfile import App, Settings
from cardfile.plugins import Demo
from cardfile.web import make_asgi
from cardfile_graphql.plugin import GraphQLPlugin

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Document:
    """A document of a page, how it is marked, and what stands beside it."""

    place: str
    mark: str
    text: str
    variables: Any = None
    answer: Any = None

    @property
    def is_mutation(self) -> bool:
        return self.text.lstrip().startswith("mutation")


def documents(page: Path) -> Iterator[Document]:
    """Yield the documents of a page."""
    text = page.read_text(encoding="utf-8")
    found = list(BLOCK.finditer(text))
    for index, block in enumerate(found):
        kind, _, mark = block[1].strip().partition(" ")
        if kind != "graphql":
            continue
        beside: dict[str, Any] = {}
        for other in found[index + 1 :]:
            what = other[1].strip().partition(" ")
            if what[0] != "json" or not what[2]:
                break
            beside[what[2]] = orjson.loads(other[2])
        line = text.count("\n", 0, block.start()) + 1
        yield Document(f"{page.name}:{line}", mark, block[2], beside.get("variables"), beside.get("answer"))


LIST = "Name;Phone;Goal\nPyotr Petrov;8-916-123-45-68;Strength\nOlga Orlova;8-916-123-45-69;\n"
ALL = [one for page in PAGES for one in documents(page)]


@dataclass(frozen=True)
class Room:
    """The demo with its owner at the door."""

    app: App
    client: AsyncClient
    printed: list[str]

    async def ask(self, document: Document) -> tuple[Any, str]:
        """Return the answer to a document, and the rung by which it came."""
        rungs = self.app.plugin(GraphQLPlugin).engine(self.app).rungs
        before = rungs.copy()
        variables = {"file": await self.upload()} if document.mark == "file" else document.variables
        body = {"query": document.text, "variables": variables}
        response = await self.client.post("/graphql", json=body)
        (rung,) = (rungs - before).elements() if rungs != before else ("none",)
        return response.json(), rung

    async def upload(self) -> str:
        """Upload a short list and return its id."""
        response = await self.client.post("/uploads", params={"name": "clients.csv"}, content=LIST.encode())
        return str(response.json()["id"])


@pytest.fixture(scope="module")
async def room(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    """The demo of the core and the fitness club, small."""
    folder = tmp_path_factory.mktemp("demo")
    app = App.build(Settings(data_dir=folder, plugins=("graphql", "fitness"), worker=False))
    await app.migrate()
    async with app.running():
        made = Demo(app=app, random=Random(7), now=app.clock.now(), size=30, say=lambda _sentence: None)
        for plugin in app.plugins:
            await plugin.demo(made)
        session = await app.access.sign_in.open_session(made.users("owner")[0])
        transport = ASGITransport(app=make_asgi(app, lifespan=False))
        headers = {"Authorization": f"Bearer {session.key}"}
        async with AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
            yield Room(app, client, made.queries)


def errors_of(data: Any) -> list[Any]:
    """Return the user errors of all mutations of an answer."""
    return [error for payload in data.values() for error in payload["userErrors"]]


def test_there_are_documents() -> None:
    assert {"README.md", "graphql.md"} <= {one.place.partition(":")[0] for one in ALL}


@pytest.mark.parametrize("document", ALL, ids=lambda one: one.place)
async def test_a_document_of_the_docs_is_answered(room: Room, document: Document) -> None:
    answer, rung = await room.ask(document)
    assert "errors" not in answer, answer["errors"]
    assert document.answer is None or answer["data"] == document.answer
    if document.is_mutation:
        assert bool(errors_of(answer["data"])) is (document.mark == "refused"), answer
    elif document.mark != "plain":
        assert rung == "one statement"
        assert any(value for value in answer["data"].values())


async def test_the_demo_prints_the_first_query_of_the_readme(room: Room) -> None:
    first = next(one for one in ALL if one.place.startswith("README"))
    assert room.printed[-1] == first.text.strip()


async def test_a_table_of_all_codes_is_in_the_docs() -> None:
    from cardfile_graphql.errors import Code  # noqa: PLC0415  Only this test needs it.

    page = (ROOT / "docs" / "graphql.md").read_text(encoding="utf-8")
    assert [one.value for one in Code if f"`{one.value}`" not in page] == []
