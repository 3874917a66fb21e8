"""GraphQL as a plugin: the endpoint, the playground, the schema as text."""

from collections.abc import Sequence
from typing import ClassVar

from cardfile.app import App
from cardfile.declarations import Route
from cardfile.plugins import Plugin, hookimpl
from cardfile.texts import Label
from cardfile_graphql.built import BuiltSchema
from cardfile_graphql.endpoint import Endpoint, go_to_playground
from cardfile_graphql.engine import Engine
from cardfile_graphql.schema import build_schema

__all__ = ["GraphQLPlugin"]


class GraphQLPlugin(Plugin):
    """Serves everything that the model declares as a GraphQL API."""

    name = "graphql"
    label: ClassVar[Label] = "GraphQL API"
    version = "0.1.0"
    requires = "cardfile>=0.1,<0.2"

    def __init__(self) -> None:
        self._built: BuiltSchema | None = None
        self._engine: Engine | None = None

    def built(self, app: App) -> BuiltSchema:
        """Return the app's schema, made when it is first needed."""
        if self._built is None:
            self._built = build_schema(app)
        return self._built

    def engine(self, app: App) -> Engine:
        """Return the engine that answers the app's documents."""
        if self._engine is None:
            self._engine = Engine(app, self.built(app))
        return self._engine

    def routes(self, app: App) -> Sequence[Route]:
        """Return the endpoint; it refuses strangers itself, in the form that GraphQL clients understand."""
        endpoint = Endpoint(app, self.engine(app))
        return [
            Route(path="/graphql", endpoint=endpoint, access="open", methods=("GET", "HEAD", "POST")),
            Route(path="/", endpoint=go_to_playground, access="open", methods=("GET", "HEAD")),
        ]

    @hookimpl
    async def which_schema(self, app: App) -> str:
        """Answer with the schema of everything that is loaded."""
        return self.built(app).sdl()
