"""Whether the server can do its work, for whoever watches over it."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from cardfile.errors import DatabaseError
from cardfile.jobs.desk import Picture, look_at_jobs
from cardfile.rights import Actor, Scope
from cardfile.web.answers import JSONAnswer
from cardfile.web.state import actor_of, app_of

__all__ = ["health"]

_OK: Final = "ok"
_DEGRADED: Final = "degraded"


async def health(request: Request) -> Response:
    """Answer that the server runs, and how the jobs beside it stand.

    200 with the status `ok`, or `degraded` when somebody should look at the jobs; 503 with `degraded` when the
    database cannot be asked. Whoever may read the audit, which owners may, is told why.
    """
    app, actor = app_of(request.scope), actor_of(request.scope)
    try:
        await app.database.fetch_value("select 1", quick=True)
        picture = await look_at_jobs(app)
    except DatabaseError:
        return JSONAnswer({"status": _DEGRADED}, status_code=503)
    told: dict[str, object] = {"status": _DEGRADED if picture.faults else _OK}
    return JSONAnswer({**told, **_details(picture)} if _may_know(actor) else told)


def _may_know(actor: Actor | None) -> bool:
    return actor is not None and actor.rights.scope("sign_in_attempt", "read") is Scope.ALL


def _details(picture: Picture) -> dict[str, object]:
    return {
        "faults": picture.faults,
        "database": {"reachable": True},
        "queue": {
            "reachable": not any(one.trouble for one in picture.workers if one.is_living),
            "troubles": [one.trouble for one in picture.workers if one.is_living and one.trouble],
        },
        "workers": [
            {
                "name": one.name,
                "threads": one.threads,
                "living": one.is_living,
                "startedAt": one.started_at,
                "seenAt": one.seen_at,
            }
            for one in picture.workers
        ],
        "jobs": {"lateSeconds": int(picture.late.total_seconds()), "dead": picture.dead},
    }
