"""A window company as its people use it: each over GraphQL, with a clock that the test moves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from httpx2 import AsyncClient
from pypdf import PdfReader

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.testing.people import Person, make_person

ZONE: Final = "Europe/Moscow"
STEP: Final = timedelta(minutes=5)

SELLER: Final[Mapping[str, str]] = {
    "name": "ООО «Светлые окна»",
    "inn": "7707083893",
    "kpp": "773601001",
    "bank": "ПАО Сбербанк, Москва",
    "bic": "044525225",
    "account": "40702810938000000001",
    "correspondent_account": "30101810400000000225",
}

Api = Callable[..., AsyncClient]
Answer = dict[str, Any]


@dataclass
class Company:
    """A window company: its people by first name, and what they do."""

    app: App
    api: Api
    clock: MovableClock
    people: dict[str, Person] = field(default_factory=dict)

    # People

    async def hire(self, name: str, *roles: str, **values: Any) -> Person:
        """Give somebody a desk."""
        person = await make_person(self.app, *roles, number=len(self.people), name=name, **values)
        self.people[name] = person
        return person

    def id_of(self, name: str) -> str:
        """Return the id of somebody, as the API gives it."""
        return f"user_{self.people[name].user}"

    # The clock

    def at(self, text: str) -> datetime:
        """Return the instant at which the wall clock of the company shows this."""
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))

    async def wait_until(self, text: str) -> None:
        """Let the time pass bit by bit, with two rounds of jobs in each: what is done twice would show."""
        until = self.at(text)
        while self.clock.now() < until:
            self.clock.advance(min(STEP, until - self.clock.now()))
            await self.app.jobs.run_due()
            await self.app.jobs.run_due()

    async def jump_to(self, text: str) -> None:
        """Let the time pass at once, and the jobs catch up."""
        self.clock.set(self.at(text))
        await self.app.jobs.run_due()

    # Asking and doing, each as somebody

    async def ask(self, name: str, query: str, **variables: Any) -> Any:
        """Ask as somebody; a query of one field gives what is in it."""
        told = await self._post(name, query, variables)
        assert "errors" not in told, told["errors"]
        data = told["data"]
        return next(iter(data.values())) if len(data) == 1 else data

    async def do(self, name: str, mutation: str, result: str = "", /, **given: Any) -> Any:
        """Do something as somebody, who must be allowed to; return what `result` asks for."""
        told = await self._mutate(name, mutation, result, given)
        assert told["userErrors"] == [], told["userErrors"]
        (made,) = [told[key] for key in told if key != "userErrors"] or [None]
        return made

    async def refused(self, name: str, mutation: str, /, **given: Any) -> Any:
        """Try something as somebody, and return why it was refused."""
        told = await self._mutate(name, mutation, "", given)
        assert told["userErrors"], f"{name} may do {mutation}"
        return told["userErrors"][0]

    async def upload(self, name: str, file: str, content: bytes = b"%PDF-1.4 dimensions") -> str:
        """Upload a file as somebody and return its id."""
        answer = await self.api(as_=self.people[name]).post(
            "/uploads", params={"name": file}, content=content
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def download(self, name: str, file: str) -> bytes | None:
        """Return a file as somebody gets it, None when he may not have it."""
        answer = await self.api(as_=self.people[name]).get(f"/files/{file}")
        return answer.content if answer.status_code == 200 else None

    # The words of this company

    async def request(self, manager: str, client: str = "Анна Петрова", **values: Any) -> str:
        """Let a request come in from the site for a manager, and return the id of its deal."""
        made = await self.do(
            "Olga", "clientCreate", "client { id }", name=client, language="ru", ownerId=self.id_of(manager),
            phones=["8 916 123-45-67"],
        )  # fmt: skip
        deal = await self.do(
            "Olga", "dealCreate", "deal { id }",
            title="Окна в квартиру", clientId=made["id"], ownerId=self.id_of(manager), **values,
        )  # fmt: skip
        return str(deal["id"])

    async def where(self, deal: str, *, by: str = "Olga") -> str:
        """Return the key of the stage in which a deal stands."""
        told = await self.ask(by, "query($id: ID!) { deal(id: $id) { stage { key } } }", id=deal)
        return str(told["stage"]["key"])

    async def reach(self, name: str, deal: str, key: str, **more: Any) -> None:
        """Reach a goal of the stage of a deal."""
        await self.do(name, "dealReachGoal", id=deal, goalId=await self.goal(deal, key), **more)

    async def goal(self, deal: str, key: str) -> str:
        """Return the id of a goal of the stage of a deal."""
        steps = await self.ask(
            "Olga", "query($id: ID!) { deal(id: $id) { nextSteps { goals { id key } } } }", id=deal
        )
        return next(str(one["id"]) for one in steps["nextSteps"]["goals"] if one["key"] == key)

    async def tasks(self, name: str, deal: str | None = None) -> list[Answer]:
        """Return the open tasks of somebody, as he sees them, with the local time at which each is due."""
        query = """query($user: ID!, $deal: DealFilter) {
          tasks(first: 20, filter: {state: {eq: "open"}, assignee: {id: {eq: $user}}, deal: $deal}) {
            nodes { id title kind dueAt } } }"""
        about = {"id": {"eq": deal}} if deal else None
        told = await self.ask(name, query, user=self.id_of(name), **({"deal": about} if about else {}))
        return [{**one, "due": self.local(one["dueAt"])} for one in told["nodes"]]

    async def told(self, name: str, *, since: str | None = None) -> list[tuple[str, str, str]]:
        """Return what somebody was told, as kind, local time and sentence, oldest first."""
        query = """query($filter: NoticeFilter) { notices(first: 100, filter: $filter, orderBy: [{field: AT}]) {
          nodes { kind { key } at title } } }"""
        wanted = {"filter": {"at": {"gte": self.at(since).isoformat()}}} if since else {}
        nodes = (await self.ask(name, query, **wanted))["nodes"]
        return [(one["kind"]["key"], self.local(one["at"]), one["title"]) for one in nodes]

    def local(self, moment: str | None) -> str:
        """Return an instant of an answer as the wall clock of the company shows it."""
        if moment is None:
            return ""
        return datetime.fromisoformat(moment).astimezone(ZoneInfo(ZONE)).strftime("%d.%m %H:%M")

    async def pdf(self, name: str, file: str) -> str:
        """Return what a PDF says, with all space alike."""
        content = await self.download(name, file)
        assert content is not None
        return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())

    async def _mutate(self, name: str, mutation: str, result: str, given: Mapping[str, Any]) -> Answer:
        errors = "userErrors { __typename code message path ... on MissingForStage { missing { kind key label } } }"
        query = f"""mutation($input: {mutation[0].upper()}{mutation[1:]}Input!) {{
          {mutation}(input: $input) {{ {result} {errors} }} }}"""
        told = await self._post(name, query, {"input": given})
        assert "errors" not in told, told["errors"]
        answer: Answer = told["data"][mutation]
        return answer

    async def _post(self, name: str, query: str, variables: Mapping[str, Any]) -> Answer:
        asked = {"query": query, "variables": dict(variables)}
        answer = await self.api(as_=self.people[name]).post("/graphql", json=asked)
        told: Answer = answer.json()
        return told
