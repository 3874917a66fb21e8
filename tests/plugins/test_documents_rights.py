"""Documents are seen with their deals, and say no more than their authors may see."""

from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from documents_desk import SECTION, Desk, pdf_text, word

from cardfile.app import App
from cardfile.deals import Deal, DealParticipant
from cardfile.declarations import Role
from cardfile.errors import NotAllowed, NotFound, Refused
from cardfile.journal import Call
from cardfile.plugins import Plugin
from cardfile.rights import Actor
from cardfile.settings import Settings
from cardfile.testing.people import Person
from cardfile_documents import DocumentsPlugin

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[Person]]
Api = Callable[..., Any]


class Roles(Plugin):
    """Somebody who works with deals and sees no sums, and somebody who sees no phones."""

    name = "roles"
    label = "Roles"
    requires = "cardfile>=0.1"
    roles = (
        Role(
            "fitter",
            "Fitter",
            can={
                "client": "read:own",
                "deal": "read:own move:own edit:own",
                "deal_line": "read:own",
                "documents.document": "read:own issue:own retry:own",
                "documents.template": "read:all",
            },
            hide={"deal": ("amount",), "deal_line": ("price", "amount")},
        ),
        Role(
            "caller",
            "Caller",
            can={
                "client": "read:own",
                "deal": "read:own",
                "deal_line": "read:own",
                "documents.document": "read:own issue:own",
                "documents.template": "read:all",
            },
            hide_kinds=("phone", "email"),
            hide={"client": ("phones", "emails", "tax_number")},
        ),
    )


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (DocumentsPlugin, Roles)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    sections = {"documents": SECTION}
    changed = {"sections": sections, "locale": "ru", "zone": "Europe/Moscow", "plugins": ("graphql",)}
    return settings.model_copy(update=changed)


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


async def test_a_manager_issues_for_own_deals_and_knows_no_others(desk: Desk, make_user: MakeUser) -> None:
    anna, boris = [(await make_user("manager", name=name)).actor for name in ("Anna", "Boris")]
    client = await desk.client(owner=anna.user)
    deal = await desk.deal(("Окно", 1, "100"), client=client, owner=anna.user)
    made = await desk.do("document.issue", by=anna, deal=deal, kind="invoice")
    await desk.app.jobs.run_due()
    assert [row["id"] for row in await desk.rows("documents.document", by=anna.rights)] == [made.id]
    assert await desk.rows("documents.document", by=boris.rights) == []
    for verb, arguments in (
        ("issue", {"deal": deal, "kind": "invoice"}),
        ("preview", {"deal": deal, "kind": "invoice"}),
        ("send", {"document": made.id}),
        ("revise", {"document": made.id}),
        ("retry", {"document": made.id}),
        ("cancel", {"document": made.id, "reason": "x"}),
    ):
        with pytest.raises(NotFound):
            await desk.do(f"document.{verb}", by=boris, **arguments)


async def test_a_file_is_handed_out_to_whoever_sees_its_document(
    desk: Desk, make_user: MakeUser, api: Api
) -> None:
    anna, boris = await make_user("manager", name="Anna"), await make_user("manager", name="Boris")
    client = await desk.client(owner=anna.user)
    document = await desk.issued(await desk.deal(("Окно", 1, "100"), client=client, owner=anna.user))
    address = f"/files/file_{document['file']}"
    answer = await api(as_=anna).get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert "attachment" in answer.headers["content-disposition"]
    assert "2026-00001" in pdf_text(answer.content)
    assert (await api(as_=boris).get(address)).status_code == 404
    assert (await api().get(address)).status_code == 401


async def test_a_participant_sees_the_documents_of_his_deal_alone(
    desk: Desk, make_user: MakeUser, api: Api
) -> None:
    person = await make_user("specialist", name="Sergey")
    deals = [await desk.deal(("Окно", 1, "100")) for _ in range(2)]
    documents = [await desk.issued(deal) for deal in deals]
    async with desk.app.unit_of_work(Actor.system("test")) as work:
        call = Call(work, desk.app.commands["deal.update"])
        await call.create(DealParticipant, {"deal": deals[0], "user": person.user, "role": "measurer"})
        await call.finish()
    sergey = await desk.app.access.actor(person.user)
    assert sergey is not None
    assert [row["id"] for row in await desk.rows("documents.document", by=sergey.rights)] == [
        documents[0]["id"]
    ]
    files = [await api(as_=person).get(f"/files/file_{one['file']}") for one in documents]
    assert [answer.status_code for answer in files] == [200, 404]
    with pytest.raises(NotAllowed):
        await desk.do("document.issue", by=sergey, deal=deals[0], kind="invoice")


async def test_hidden_sums_are_missing_and_said_to_be_hidden(desk: Desk, make_user: MakeUser) -> None:
    fitter = (await make_user("fitter", locale="en")).actor
    deal = await desk.deal(
        ("Окно", 1, "98765"), owner=fitter.user, client=await desk.client(owner=fitter.user)
    )
    with pytest.raises(Refused, match=r"the amount.*, which is hidden from you"):
        await desk.do("document.issue", by=fitter, deal=deal, kind="invoice")
    shown = await desk.do("document.preview", by=fitter, deal=deal, kind="invoice")
    text = pdf_text(b64decode(shown.content))
    assert "Окно" in text
    assert "98 765" not in text
    assert any("hidden from you" in one for one in shown.missing)


async def test_a_stage_asks_whoever_moves_the_deal_with_his_own_sight(
    desk: Desk, make_user: MakeUser
) -> None:
    fitter = (await make_user("fitter", locale="en")).actor
    deal = await desk.deal(
        ("Окно", 1, "98765"), owner=fitter.user, client=await desk.client(owner=fitter.user)
    )
    async with desk.app.unit_of_work(fitter) as work:
        call = Call(work, desk.app.commands["deal.update"])
        await call.hooks.each(
            "document_making", call=call, deal=await call.get(Deal, deal), kind="act", template=None
        )
        await call.finish()
    (draft,) = await desk.rows("documents.document")
    assert draft["status"] == "draft"
    assert "hidden from you" in draft["failure"]
    await desk.do("document.retry", document=draft["id"])
    await desk.app.jobs.run_due()
    assert "98 765,00" in await desk.text(await desk.document(draft["id"]))


async def test_a_stage_needs_no_right_of_the_mover_to_issue(desk: Desk, make_user: MakeUser) -> None:
    sergey = (await make_user("specialist")).actor
    deal = await desk.deal(("Окно", 1, "100"), owner=sergey.user, client=await desk.client(owner=sergey.user))
    with pytest.raises(NotAllowed):
        await desk.do("document.issue", by=sergey, deal=deal, kind="invoice")
    async with desk.app.unit_of_work(sergey) as work:
        call = Call(work, desk.app.commands["deal.update"])
        await call.hooks.each(
            "document_making", call=call, deal=await call.get(Deal, deal), kind="invoice", template=None
        )
        await call.finish()
    (made,) = await desk.rows("documents.document")
    assert (made["status"], made["number"]) == ("issued", "2026-00001")


async def test_what_a_role_does_not_see_of_a_client_is_on_none_of_its_papers(
    desk: Desk, make_user: MakeUser
) -> None:
    caller = (await make_user("caller")).actor
    client = await desk.client(owner=caller.user, phones=["8 916 123-45-67"], tax_number="500100732259")
    deal = await desk.deal(("Окно", 1, "100"), owner=caller.user, client=client)
    texts = []
    for by in (caller, None):
        shown = await desk.do("document.preview", by=by, deal=deal, kind="invoice")
        texts.append(pdf_text(b64decode(shown.content)))
    for secret in ("123-45-67, ", "500100732259"):
        assert secret not in texts[0].replace("+7 495 123-45-67", "")
    assert "500100732259" in texts[1]
    assert "(916)" in texts[1]
    assert "(916)" not in texts[0]


async def test_a_word_template_sees_no_more_than_its_user(desk: Desk, make_user: MakeUser) -> None:
    caller = (await make_user("caller")).actor
    template = await desk.template("{{ client.tax_number }}")
    client = await desk.client(owner=caller.user, tax_number="500100732259")
    deal = await desk.deal(("Окно", 1, "100"), owner=caller.user, client=client)
    made = await desk.do("document.issue", by=caller, deal=deal, kind="contract", template=template)
    await desk.app.jobs.run_due()
    document = await desk.document(made.id)
    assert document["file_state"] == "failed"
    assert "client.tax_number" in document["failure"]


async def test_only_the_house_keeps_files_and_only_heads_keep_templates(
    desk: Desk, make_user: MakeUser
) -> None:
    anna = (await make_user("manager")).actor
    deal = await desk.deal(("Окно", 1, "100"), owner=anna.user, client=await desk.client(owner=anna.user))
    document = await desk.issued(deal)
    for name, arguments in (
        ("document.keep_file", {"document": document["id"], "file": document["file"]}),
        ("document.fail_file", {"document": document["id"], "why": "x"}),
        ("template.update", {"record": 1, "values": {"title": "Mine"}}),
    ):
        with pytest.raises(NotAllowed):
            await desk.do(name, by=anna, **arguments)
    owner = (await make_user("owner")).actor
    with pytest.raises(Refused, match="Nobody waits"):
        await desk.do("document.keep_file", by=owner, document=document["id"], file=document["file"])
    head = (await make_user("head")).actor
    await desk.do("template.update", by=head, record=1, values={"is_preferred": True})


async def test_a_manager_does_all_of_it_over_graphql(desk: Desk, make_user: MakeUser, api: Api) -> None:
    anna = await make_user("manager", name="Anna")
    deal = await desk.deal(("Окно", 1, "100"), owner=anna.user, client=await desk.client(owner=anna.user))
    web = api(as_=anna)

    async def ask(query: str, **variables: object) -> Any:
        answer = (await web.post("/graphql", json={"query": query, "variables": variables})).json()
        assert "errors" not in answer, answer
        return answer["data"]

    issued = await ask(
        """mutation ($deal: ID!) {
          documentsDocumentIssue(input: { dealId: $deal, kind: INVOICE }) {
            documentsDocument { id number fileState { key } } userErrors { code message }
          }
        }""",
        deal=f"deal_{deal}",
    )
    assert issued["documentsDocumentIssue"]["documentsDocument"]["number"] == "2026-00001"
    await desk.app.jobs.run_due()
    found = await ask(
        """query ($deal: ID!) {
          deal(id: $deal) {
            documents { documents { nodes { number status { key } amount { amount } file { id name } } } }
            attachments { nodes { kind file { id } } }
          }
        }""",
        deal=f"deal_{deal}",
    )
    (document,) = found["deal"]["documents"]["documents"]["nodes"]
    (attached,) = found["deal"]["attachments"]["nodes"]
    assert document["file"]["name"] == "Счёт 2026-00001.pdf"
    assert attached == {"kind": "invoice", "file": {"id": document["file"]["id"]}}
    assert (await web.get(f"/files/{document['file']['id']}")).status_code == 200
    shown = await ask(
        """mutation ($deal: ID!) {
          documentsDocumentPreview(input: { dealId: $deal, kind: ACT }) {
            result { name mediaType missing } userErrors { code message }
          }
        }""",
        deal=f"deal_{deal}",
    )
    assert shown["documentsDocumentPreview"]["result"]["mediaType"] == "application/pdf"


async def test_nobody_makes_a_template_of_a_file_that_he_does_not_see(
    desk: Desk, make_user: MakeUser
) -> None:
    head = (await make_user("head")).actor
    foreign = await desk.upload(word("{{ buyer.name }}"), owner=(await make_user("manager")).user)
    values = {"key": "mine", "kind": "contract", "title": "Mine", "file": foreign.id}
    with pytest.raises(Refused, match="no such record"):
        await desk.do("template.create", by=head, values=values)
