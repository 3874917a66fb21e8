"""How clients are reached."""

import pytest
from clients_desk import Desk

from cardfile.app import App
from cardfile.errors import InvalidInput

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        pytest.param("phone", "8 (916) 123-45-67", "+79161234567", id="phone"),
        pytest.param("email", "Anna@Example.COM", "anna@example.com", id="e-mail"),
        pytest.param("messenger", "@Anna_I", "anna_i", id="messenger"),
        pytest.param("site", "example.com", "https://example.com", id="site"),
    ],
)
async def test_a_contact_is_kept_in_one_form_and_as_it_was_typed(
    desk: Desk, kind: str, typed: str, kept: str
) -> None:
    client = await desk.client("Анна")
    await desk.do("contact_point.create", values={"client": client, "kind": kind, "value": typed})
    assert await desk.of("contact_point", client, "value", "raw") == [(kept, typed)]


async def test_a_changed_phone_is_brought_into_its_form_too(desk: Desk) -> None:
    client = await desk.client("Анна", phones=["8-916-123-45-67"])
    (row,) = await desk.rows("contact_point")
    await desk.do("contact_point.update", record=row["id"], values={"value": "8 903 765 43 21 доб. 12"})
    assert await desk.of("contact_point", client, "value", "extension") == [("+79037654321", "12")]
    found = await desk.rows("client", {"phones": {"some": {"value": {"eq": "+79037654321"}}}})
    assert [one["id"] for one in found] == [client]


async def test_what_is_no_phone_is_refused(desk: Desk) -> None:
    client = await desk.client("Анна")
    with pytest.raises(InvalidInput, match="not a phone number"):
        await desk.do(
            "contact_point.create", values={"client": client, "kind": "phone", "value": "on request"}
        )


async def test_a_number_that_nobody_has_is_kept_with_a_mark(desk: Desk) -> None:
    client = await desk.client("Анна")
    values = {"client": client, "kind": "phone", "value": "+7 000 123-45-67"}
    await desk.do("contact_point.create", values=values)
    assert await desk.of("contact_point", client, "is_valid") == [False]


async def test_a_client_has_a_contact_once(desk: Desk) -> None:
    client = await desk.client("Анна", phones=["8-916-123-45-67"])
    values = {"client": client, "kind": "phone", "value": "+7 916 123 45 67"}
    with pytest.raises(InvalidInput, match="unique"):
        await desk.do("contact_point.create", values=values)


async def test_an_archived_contact_does_not_block_a_new_one(desk: Desk) -> None:
    client = await desk.client("Анна", phones=["8-916-123-45-67"])
    await desk.do("client.update", record=client, values={"phones": []})
    assert await desk.of("contact_point", client, "value") == []
    await desk.do("client.update", record=client, values={"phones": ["+7 916 123 45 67"]})
    assert await desk.of("contact_point", client, "value") == ["+79161234567"]
