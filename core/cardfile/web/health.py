"""Whether the server can do its work, for whoever watches over it."""

from starlette.requests import Request
from starlette.responses import Response

from cardfile.web.answers import JSONAnswer
from cardfile.web.state import app_of

__all__ = ["health"]


async def health(request: Request) -> Response:
    """Answer that the server runs and reaches its database; without a database it answers 500 or 503."""
    await app_of(request.scope).database.fetch_value("select 1", quick=True)
    return JSONAnswer({"status": "ok"})
