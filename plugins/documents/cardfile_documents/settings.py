"""What a business sets for its documents, in the section `[documents]`: who it is, and how it numbers."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from cardfile.errors import InvalidInput
from cardfile.values.email import parse_email
from cardfile.values.requisites import parse_inn
from cardfile.values.text import clean
from cardfile_documents.choices import DocumentKind
from cardfile_documents.number_format import NumberFormat
from cardfile_documents.requisites import (
    parse_account,
    parse_bic,
    parse_correspondent,
    parse_iban,
    parse_kpp,
    parse_ogrn,
    parse_swift,
)

__all__ = ["DocumentsSettings", "Seller", "VatMode"]


class VatMode(StrEnum):
    """How value added tax stands in the prices: there is none, it is included, or it is added to them."""

    NONE = "none"
    INCLUDED = "included"
    ON_TOP = "on_top"


def _by(parse: Callable[[str], str]) -> BeforeValidator:
    """Return a validator that takes an empty text as it is and tells what `parse` refuses."""

    def check(value: object) -> object:
        text = clean(str(value)) if isinstance(value, str | int) else value
        return _told(parse, text) if isinstance(text, str) and text else text

    return BeforeValidator(check)


def _told(parse: Callable[..., str], value: str, **options: Any) -> str:
    try:
        return parse(value, **options)
    except InvalidInput as error:
        raise ValueError(str(error)) from None


Line = Annotated[str, _by(str), Field(max_length=500)]


class Seller(BaseModel):
    """Whoever sells: name, registration, address, bank. What is empty is left out of documents.

    `bic`, `account` and `correspondent_account` are those of a Russian bank and are checked against each
    other; elsewhere there are `iban` and `swift`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Line = ""
    inn: Annotated[str, _by(parse_inn)] = ""
    kpp: Annotated[str, _by(parse_kpp)] = ""
    ogrn: Annotated[str, _by(parse_ogrn)] = ""
    registration_number: Line = ""
    vat_number: Line = ""
    address: Line = ""
    phone: Line = ""
    email: Annotated[str, _by(parse_email)] = ""
    site: Line = ""
    bank: Line = ""
    bic: Annotated[str, _by(parse_bic)] = ""
    account: Line = ""
    correspondent_account: Line = ""
    iban: Annotated[str, _by(parse_iban)] = ""
    swift: Annotated[str, _by(parse_swift)] = ""
    head: Line = ""
    head_title: Line = ""
    accountant: Line = ""

    @model_validator(mode="after")
    def _accounts_of_the_bank(self) -> Self:
        if self.bic:
            for name, parse in (
                ("account", parse_account),
                ("correspondent_account", parse_correspondent),
            ):
                if given := getattr(self, name):
                    object.__setattr__(self, name, _told(parse, given, bic=self.bic))
        if self.inn and self.kpp and len(self.inn) == 12:
            raise ValueError("an INN of twelve digits is a person's, who has no KPP: leave out kpp")
        return self

    @property
    def values(self) -> Mapping[str, str]:
        """What documents may say of the seller, by name."""
        found: dict[str, str] = {key: str(value) for key, value in self.model_dump().items() if value}
        if number := found.pop("registration_number", ""):
            found.setdefault("ogrn", number)
        return found


class DocumentsSettings(BaseModel):
    """What a business sets for its documents.

    `number` is the form of a number: `{number}`, counted from 1 in each year if `{year}` or `{yy}` is in it,
    and `{series}`; `numbers` gives other forms by kind of document. `vat_rate` is in per cent. `pay_days` and
    `valid_days` are how long an invoice may wait and an offer holds; 0 says nothing. `address` names fields
    of the deal or the client (`deal.windows.object_address`) where the address of the site is looked for; by
    default these are all fields of the deal that are called an address.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    seller: Seller = Seller()
    vat: VatMode = VatMode.NONE
    vat_rate: Decimal | None = Field(default=None, gt=0, lt=100, decimal_places=2)
    number: NumberFormat = NumberFormat("{year}-{number:05}")
    numbers: Mapping[DocumentKind, NumberFormat] = Field(default_factory=dict)
    series: str = Field(default="", max_length=20, pattern=r"^[\w/-]*$")
    address: tuple[str, ...] = ()
    pay_days: int = Field(default=5, ge=0, le=365)
    valid_days: int = Field(default=14, ge=0, le=365)
    template_bytes: int = Field(default=5_000_000, ge=10_000, le=50_000_000)

    @model_validator(mode="after")
    def _rate_of_the_tax(self) -> Self:
        if self.vat is not VatMode.NONE and self.vat_rate is None:
            raise ValueError(f"vat = '{self.vat}' needs the rate of the tax: set vat_rate, such as 22")
        return self

    def number_of(self, kind: DocumentKind) -> NumberFormat:
        """Return the form of the numbers of a kind."""
        return self.numbers.get(kind, self.number)
