"""What a stranger, a page and a program meet at the door."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient
from pwdlib.hashers.argon2 import Argon2Hasher

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.declarations import Route
from cardfile.errors import DeclarationError
from cardfile.plugins import Plugin
from cardfile.settings import Limits, Settings
from cardfile.web import JSONAnswer, actor_of, make_asgi, read_json

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse"
Api = Callable[..., AsyncClient]


async def echo(request: Any) -> JSONAnswer:
    given = await read_json(request, limit=1_000_000)
    actor = actor_of(request.scope)
    return JSONAnswer({"keys": list(given), "user": actor.user if actor else None})


async def fail(request: Any) -> JSONAnswer:
    raise RuntimeError("the secret of the house")


async def sleep(request: Any) -> JSONAnswer:
    await asyncio.sleep(60)
    raise AssertionError


async def bare(scope: Any, receive: Any, send: Any) -> None:
    await JSONAnswer({"bare": True})(scope, receive, send)


class Doors(Plugin):
    """A plugin with a route of every sort."""

    name = "doors"
    label = "Doors"
    requires = "cardfile>=0.1"

    def routes(self, app: App) -> Sequence[Route]:
        return (
            Route(path="/doors/echo", endpoint=echo, access="open", methods=("POST",)),
            Route(path="/doors/inside", endpoint=echo, access="signed_in", methods=("POST",)),
            Route(path="/doors/robot", endpoint=echo, access="token", methods=("POST",)),
            Route(path="/doors/fail", endpoint=fail, access="open"),
            Route(path="/doors/sleep", endpoint=sleep, access="open"),
            Route(path="/doors/bare", endpoint=bare, access="open"),
        )


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr("cardfile.access.passwords.Argon2Hasher", lambda: cheap)
    monkeypatch.setattr("cardfile.access.passwords._NOBODY", cheap.hash("nobody at all"))


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (Doors,)


@pytest.fixture
async def ann(app: App, make_user: Callable[..., Awaitable[Any]]) -> Any:
    person = await make_user("manager", name="Ann", login="ann@example.com")
    await app.access.sign_in.set_password(person.user, PASSWORD)
    return person


@pytest.fixture
async def signed_in(api: Api, ann: Any) -> AsyncClient:
    """A browser in which Ann is signed in."""
    client = api()
    answer = await client.post("/sign-in", json={"login": "ann@example.com", "password": PASSWORD})
    assert answer.status_code == 200
    assert "token" not in answer.json()
    assert "HttpOnly" in answer.headers["set-cookie"]
    return client


async def test_every_answer_carries_the_headers_of_the_house(api: Api) -> None:
    for path in ("/health", "/nothing"):
        headers = (await api().get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert len(headers["x-request-id"]) == 16


async def test_a_cookie_counts_for_pages_of_ours_only(signed_in: AsyncClient, ann: Any) -> None:
    ours = {"origin": "http://127.0.0.1:8000"}
    for headers, status in (
        ({"sec-fetch-site": "same-origin"}, 200),
        (ours, 200),
        ({}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null"}, 403),
    ):
        answer = await signed_in.post("/doors/inside", json={}, headers=headers)
        assert answer.status_code == status, headers


async def test_a_program_needs_no_origin(api: Api, ann: Any) -> None:
    client = api()
    body = {"login": "ann@example.com", "password": PASSWORD, "token": True}
    answer = await client.post("/sign-in", json=body)
    assert "set-cookie" not in answer.headers
    bearer = {"authorization": f"Bearer {answer.json()['token']}"}
    assert (await client.post("/doors/inside", json={}, headers=bearer)).json()["user"] == ann.user
    assert (await client.post("/sign-out", headers=bearer)).status_code == 200
    assert (await client.post("/doors/inside", json={}, headers=bearer)).status_code == 401


async def test_a_planted_cookie_is_never_the_session(api: Api, ann: Any, app: App) -> None:
    planted = "cfs_" + "x" * 43
    client = api(cookie=f"cardfile_session={planted}")
    answer = await client.post("/sign-in", json={"login": "ann@example.com", "password": PASSWORD})
    assert planted not in answer.headers["set-cookie"]
    assert await app.access.resolve(planted) is None


async def test_signing_in_from_a_foreign_page_is_refused(api: Api, ann: Any) -> None:
    body = {"login": "ann@example.com", "password": PASSWORD}
    answer = await api().post("/sign-in", json=body, headers={"origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "NOT_ALLOWED")


async def test_a_changed_password_ends_the_session_that_changed_it(signed_in: AsyncClient) -> None:
    headers = {"sec-fetch-site": "same-origin"}
    body = {"old": PASSWORD, "new": "battery staple"}
    assert (await signed_in.post("/change-password", json=body, headers=headers)).status_code == 200
    assert (await signed_in.post("/doors/inside", json={}, headers=headers)).status_code == 401


async def test_a_route_lets_in_whom_it_says(
    api: Api, make_user: Callable[..., Awaitable[Any]], app: App
) -> None:
    bob = await make_user("manager")
    async with app.unit_of_work(bob.actor) as work:
        token: Any = await work.do("api_token.create", name="robot", scopes=["client:read"])
    statuses = {}
    for who, client in (
        ("nobody", api()),
        ("person", api(as_=bob)),
        ("robot", api(authorization=f"Bearer {token.secret}")),
        ("liar", api(authorization="Bearer cfs_nothing")),
    ):
        statuses[who] = [
            (await client.post(f"/doors/{door}", json={})).status_code for door in ("echo", "inside", "robot")
        ]
    assert statuses == {
        "nobody": [200, 401, 401],
        "person": [200, 200, 403],
        "robot": [200, 200, 200],
        "liar": [200, 401, 401],
    }


async def test_a_program_that_came_often_is_out_with_its_token(
    api: Api, make_user: Callable[..., Awaitable[Any]], app: App, clock: MovableClock
) -> None:
    bob = await make_user("manager")
    tokens: list[Any] = []
    for expires_at in (None, clock.now() + timedelta(hours=1)):
        async with app.unit_of_work(bob.actor) as work:
            tokens.append(
                await work.do("api_token.create", name="robot", scopes=["client:read"], expires_at=expires_at)
            )
    lasting, short = (api(authorization=f"Bearer {one.secret}") for one in tokens)

    async def statuses() -> list[int]:
        return [(await one.post("/doors/robot", json={})).status_code for one in (lasting, short)]

    assert [await statuses() for _ in range(3)] == [[200, 200]] * 3
    clock.advance(timedelta(hours=1))
    assert await statuses() == [200, 401]
    actor = await app.access.resolve(tokens[0].secret)
    assert actor is not None
    async with app.unit_of_work(bob.actor) as work:
        await work.do("api_token.revoke", token=actor.token)
    assert await statuses() == [401, 401]


async def test_a_program_hears_each_language_that_it_asks_for(
    api: Api, make_user: Callable[..., Awaitable[Any]], app: App
) -> None:
    bob = await make_user("manager")
    async with app.unit_of_work(bob.actor) as work:
        token: Any = await work.do("api_token.create", name="robot", scopes=["client:read"])
    client = api(authorization=f"Bearer {token.secret}")
    heard = [
        (await client.get("/nothing", headers={"accept-language": language})).json()["error"]["message"]
        for language in ("en", "ru", "en", "ru")
    ]
    assert heard == ["There is nothing at this address.", "По этому адресу ничего нет."] * 2


async def test_an_asgi_application_is_an_endpoint_too(api: Api) -> None:
    assert (await api().get("/doors/bare")).json() == {"bare": True}
    assert (await api().post("/doors/bare")).status_code == 405


async def test_nobody_hears_what_went_wrong_inside(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    answer = await api().get("/doors/fail")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (500, "INTERNAL_SERVER_ERROR")
    assert error["requestId"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text
    assert error["requestId"] in caplog.text
    assert "the secret of the house" in caplog.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"\xff\xfe\x00", 400),
        (b'{"a": ' + b"[" * 200_000, 400),
        (b'{"a": "' + b"x" * 1_000_001 + b'"}', 413),
        (b"x" * 20_000_000, 413),
        (b'{"a": 1e999999}', 400),
        (b'{"a": ' + b"9" * 5_000 + b"}", 400),
        (b'{"a": ' + b"9" * 30 + b"}", 200),
    ],
    ids=["empty", "list", "bytes", "deep", "large", "huge", "float", "integer", "long"],
)
async def test_bodies_that_cannot_be_are_refused_with_a_code(api: Api, body: bytes, status: int) -> None:
    answer = await api().post("/doors/echo", content=body)
    assert answer.status_code == status
    assert status == 200 or set(answer.json()["error"]) == {"code", "message", "requestId"}


async def test_a_body_without_a_length_is_cut_off_at_the_limit(api: Api) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b"x" * 65_536
            assert sent < 2_000_000

    answer = await api().post("/doors/echo", content=pieces())
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": "Bearer"}, 200),
        ({"authorization": "Basic eDp5"}, 200),
        ({"authorization": "Bearer \xff\xfe"}, 200),
        ({"cookie": "cardfile_session=\xff; ;;="}, 200),
        ({"accept-language": ";;;q=x" * 1_000}, 200),
        ({"content-length": "-1"}, 413),
        ({"content-length": "9" * 30}, 413),
        ({"x-forwarded-for": "garbage, , 1.1.1.1"}, 200),
    ],
)
async def test_garbage_in_headers_harms_nobody(api: Api, headers: dict[str, str], status: int) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    asgi = api()._transport.app  # type: ignore[attr-defined]  # the bare application, past the client's checks
    answered: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/doors/echo",
        "raw_path": b"/doors/echo",
        "query_string": b"",
    }
    scope |= {
        "headers": raw,
        "client": ("1.2.3.4", 5),
        "scheme": "http",
        "server": ("x", 1),
        "http_version": "1.1",
    }
    await asgi({**scope, "root_path": ""}, receive, send)
    assert answered[0]["status"] == status


async def test_a_slow_endpoint_is_given_up(settings: Settings) -> None:
    app = App.build(settings.model_copy(update={"limits": Limits(request_seconds=0.05)}), plugins=(Doors,))
    await app.migrate()
    async with (
        app.running(),
        AsyncClient(transport=ASGITransport(app=make_asgi(app)), base_url=app.settings.base_url) as client,
    ):
        answer = await client.get("/doors/sleep")
    assert (answer.status_code, answer.json()["error"]["code"]) == (408, "REQUEST_TIMEOUT")


async def test_who_asks_too_often_waits(settings: Settings) -> None:
    app = App.build(settings.model_copy(update={"limits": Limits(requests_per_minute=3)}), plugins=(Doors,))
    await app.migrate()
    async with (
        app.running(),
        AsyncClient(transport=ASGITransport(app=make_asgi(app)), base_url=app.settings.base_url) as client,
    ):
        answers = [await client.get("/health") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_an_error_is_told_in_the_language_of_the_reader(api: Api) -> None:
    body = {"login": "nobody@example.com", "password": "x"}
    told = [
        (await api(**{"accept-language": language}).post("/sign-in", json=body)).json()["error"]["message"]
        for language in ("en", "ru")
    ]
    assert told == ["The name or the password is wrong.", "Неверное имя или пароль."]


async def test_guessing_is_stopped(api: Api, ann: Any) -> None:
    body = {"login": "ann@example.com", "password": "guess"}
    codes = [(await api().post("/sign-in", json=body)).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]


@pytest.mark.parametrize("body", [b"{}", b'{"login": 1, "password": []}', b'{"login": "a"}'])
async def test_a_sign_in_without_texts_is_refused(api: Api, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    assert (await api().post("/sign-in", content=body, headers=headers)).status_code == 400


async def test_a_form_of_a_foreign_page_signs_nobody_in(api: Api) -> None:
    headers = {"content-type": "text/plain"}
    assert (await api().post("/sign-in", content=b"{}", headers=headers)).status_code == 400


async def test_a_route_without_a_rule_stops_the_start(settings: Settings) -> None:
    class Careless(Plugin):
        """A plugin that forgets to say who may come in."""

        name = "careless"
        label = "Careless"
        requires = "cardfile>=0.1"

        def routes(self, app: App) -> Sequence[Route]:
            return (Route(path="/careless", endpoint=echo),)

    app = App.build(settings, plugins=(Careless,))
    with pytest.raises(
        DeclarationError, match="careless: the route '/careless' does not say who may call it"
    ):
        make_asgi(app)
