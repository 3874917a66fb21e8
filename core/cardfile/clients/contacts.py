"""Ways to reach a client, kept in one form however they are typed."""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Final

from cardfile.errors import InvalidInput
from cardfile.values.email import parse_email
from cardfile.values.phone import parse_phone
from cardfile.values.text import clean
from cardfile.values.url import parse_url

__all__ = ["complete_contact"]

Values = MutableMapping[str, object]


def complete_contact(values: Values, kind: object, *, region: str) -> None:
    """Bring the contact in `values` into the form in which callers and duplicates are looked up.

    Raises `InvalidInput` when it is no contact of this kind.
    """
    typed = values.get("value")
    if not isinstance(typed, str) or kind not in NORMALIZERS:
        return
    if not values.get("raw"):
        values["raw"] = typed
    try:
        NORMALIZERS[str(kind)](values, typed, region)
    except InvalidInput as error:
        raise error.at("value") from None


def _phone(values: Values, typed: str, region: str) -> None:
    phone = parse_phone(typed, region=region)
    values.update(value=phone.e164, is_valid=phone.valid)
    if phone.extension:
        values["extension"] = phone.extension


def _email(values: Values, typed: str, _region: str) -> None:
    values["value"] = parse_email(typed)


def _site(values: Values, typed: str, _region: str) -> None:
    values["value"] = parse_url(typed)


def _messenger(values: Values, typed: str, _region: str) -> None:
    # Names in messengers are told apart by neither case nor a leading @.
    values["value"] = clean(typed).removeprefix("@").casefold()


NORMALIZERS: Final[Mapping[str, Callable[[Values, str, str], None]]] = {
    "phone": _phone,
    "email": _email,
    "site": _site,
    "messenger": _messenger,
}
