"""A desk where documents are made: a company with a client, a deal and its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from docx import Document as Word
from pypdf import PdfReader

from cardfile.access.files import StoredFile
from cardfile.app import App
from cardfile.deals import DealLine
from cardfile.journal import Call
from cardfile.query import fetch_records
from cardfile.rights import EVERYTHING, Actor, Rights
from cardfile.values.money import Money

Row = dict[str, Any]

SELLER: Final = {
    "name": "ООО «Светлые окна»",
    "inn": "7707083893",
    "kpp": "773601001",
    "ogrn": "1027700132195",
    "address": "117312, Москва, ул. Вавилова, 19",
    "phone": "+7 495 123-45-67",
    "bank": "ПАО Сбербанк, Москва",
    "bic": "044525225",
    "account": "40702810938000000001",
    "correspondent_account": "30101810400000000225",
    "head": "Иванов И. И.",
    "head_title": "Генеральный директор",
}
SECTION: Final[Mapping[str, Any]] = {"seller": SELLER, "vat": "included", "vat_rate": 20}


@dataclass(frozen=True)
class Desk:
    """One app with the documents plugin; the system acts unless somebody else is named."""

    app: App

    async def do(self, name: str, /, *, by: Actor | None = None, **arguments: Any) -> Any:
        """Do a command; the verbs of documents are named without the plugin in front."""
        known = f"documents.{name}" if name.startswith(("document.", "template.")) else name
        return await self.app.do(by or Actor.system("test"), known, **arguments)

    async def client(self, name: str = "Анна Петрова", **values: Any) -> int:
        given = {"name": name, "address": "Москва, ул. Садовая, 5, кв. 12", **values}
        return int((await self.do("client.create", values=given)).id)

    async def deal(
        self,
        *lines: tuple[str, int, str],
        title: str = "Окна в квартиру",
        client: int | None = None,
        currency: str = "RUB",
        line: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> int:
        """Make a deal with lines of a name, a quantity and a price."""
        buyer = client if client is not None else await self.client()
        made = await self.do("deal.create", values={"client": buyer, "title": title, **values})
        async with self.app.unit_of_work(Actor.system("test")) as work:
            call = Call(work, self.app.commands["deal_line.create"])
            await call.bulk_create(
                DealLine,
                [
                    {
                        "deal": made.id,
                        "name": name,
                        "quantity": str(quantity),
                        "unit": "шт.",
                        "price": money(price, currency),
                        "amount": money(Decimal(price) * quantity, currency),
                        **(line or {}),
                    }
                    for name, quantity, price in lines
                ],
            )
            await call.finish()
        return int(made.id)

    async def issue(self, deal: int, kind: str = "invoice", **arguments: Any) -> int:
        return int((await self.do("document.issue", deal=deal, kind=kind, **arguments)).id)

    async def issued(self, deal: int, kind: str = "invoice", **arguments: Any) -> Row:
        """Issue a document, have its file made, and return it."""
        made = await self.issue(deal, kind, **arguments)
        await self.app.jobs.run_due()
        return await self.document(made)

    async def document(self, record: int) -> Row:
        (row,) = await self.rows("documents.document", {"id": {"eq": record}})
        return row

    async def rows(
        self, entity: str, wanted: Mapping[str, Any] | None = None, *, by: Rights = EVERYTHING
    ) -> list[Row]:
        """Return the live records of an entity that somebody sees, oldest first."""
        app = self.app
        return await fetch_records(
            app.database, app.model, app.model[entity], by, now=app.clock.now(), filter=wanted, order=("id",)
        )

    async def content(self, row: Row) -> bytes:
        """Return the file of a document."""
        kept = await self.app.access.files.hash_of(row["file"])
        assert kept is not None, row["failure"]
        return b"".join([piece async for piece in self.app.access.files.store.pieces(kept)])

    async def text(self, row: Row) -> str:
        """Return what the PDF of a document says, with all space alike."""
        return pdf_text(await self.content(row))

    async def upload(
        self, content: bytes, name: str = "template.docx", owner: int | None = None
    ) -> StoredFile:
        async def pieces() -> Any:
            yield content

        return await self.app.access.files.put(pieces(), name=name, owner=owner, limit=100_000_000)

    async def template(self, *texts: str, kind: str = "contract", **values: Any) -> int:
        """Upload a Word template of these paragraphs and return it."""
        file = await self.upload(word(*texts))
        number = len(await self.rows("documents.template"))
        given = {
            "key": f"own_{number}",
            "kind": kind,
            "title": "Own",
            "file": file.id,
            "language": "ru",
            **values,
        }
        return int((await self.do("template.create", values=given)).id)


def money(amount: object, currency: str = "RUB") -> Money:
    return Money(int(Decimal(str(amount)) * 100), currency)


def word(*texts: str) -> bytes:
    """Return a Word document of these paragraphs."""
    made = Word()
    for text in texts:
        made.add_paragraph(text)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def word_texts(content: bytes) -> Sequence[str]:
    """Return the paragraphs of a Word document."""
    return [one.text for one in Word(BytesIO(content)).paragraphs]


def pdf_text(content: bytes) -> str:
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
