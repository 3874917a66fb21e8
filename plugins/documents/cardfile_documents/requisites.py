"""The registration and bank numbers of whoever sells, with their check digits.

OGRN and OGRNIP by the order of the Ministry of Finance of 30.10.2017 165н; accounts by the rule of the Bank of
Russia for their keys; IBAN by ISO 13616.
"""

import re

from cardfile.errors import InvalidInput

__all__ = [
    "parse_account",
    "parse_bic",
    "parse_correspondent",
    "parse_iban",
    "parse_kpp",
    "parse_ogrn",
    "parse_swift",
]

_WEIGHTS = (7, 1, 3)


def parse_kpp(raw: str) -> str:
    """Return the registration code of a Russian company: nine characters."""
    code = _digits(raw).upper()
    if not re.fullmatch(r"(?!00)[0-9]{4}[0-9A-Z]{2}[0-9]{3}", code):
        raise InvalidInput("{value} is not a KPP: it has 9 characters, like 770101001.", value=raw)
    return code


def parse_ogrn(raw: str) -> str:
    """Return a Russian state registration number: 13 digits for a company, 15 for a trader."""
    digits = _digits(raw)
    if not re.fullmatch(r"[1-9](?:[0-9]{12}|[0-9]{14})", digits):
        raise InvalidInput(
            "{value} is not an OGRN: it has 13 digits for a company, 15 for a trader.", value=raw
        )
    if int(digits[:-1]) % (len(digits) - 2) % 10 != int(digits[-1]):
        raise InvalidInput("{value} is not an OGRN: its check digit is wrong.", value=raw)
    return digits


def parse_bic(raw: str) -> str:
    """Return the code of a Russian bank: nine digits."""
    digits = _digits(raw)
    if not re.fullmatch(r"0[0-9]{8}", digits):
        raise InvalidInput("{value} is not a BIC: it has nine digits, like 044525225.", value=raw)
    return digits


def parse_account(raw: str, *, bic: str) -> str:
    """Return a settlement account of the bank `bic`: twenty digits, of which one checks the others."""
    digits = _digits(raw)
    if not re.fullmatch(r"[0-9]{20}", digits):
        raise InvalidInput("{value} is not a bank account: it has twenty digits.", value=raw)
    if not _holds(bic[-3:] + digits):
        raise InvalidInput(
            "{value} is not an account of the bank {bic}: its check digit is wrong.", value=raw, bic=bic
        )
    return digits


def parse_correspondent(raw: str, *, bic: str) -> str:
    """Return the correspondent account of the bank `bic`: twenty digits that begin with 301."""
    digits = _digits(raw)
    if not re.fullmatch(r"301[0-9]{17}", digits):
        raise InvalidInput(
            "{value} is not a correspondent account: it has twenty digits and begins with 301.", value=raw
        )
    if not _holds("0" + bic[4:6] + digits):
        raise InvalidInput(
            "{value} is not an account of the bank {bic}: its check digit is wrong.", value=raw, bic=bic
        )
    return digits


def parse_iban(raw: str) -> str:
    """Return an IBAN in capital letters without spaces."""
    text = re.sub(r"\s", "", raw).upper()
    if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text):
        number = "".join(str(int(each, 36)) for each in text[4:] + text[:4])
        if int(number) % 97 == 1:
            return text
    raise InvalidInput("{value} is not an IBAN: a letter or digit is wrong, or one is missing.", value=raw)


def parse_swift(raw: str) -> str:
    """Return the SWIFT code of a bank: eight or eleven letters and digits."""
    text = re.sub(r"\s", "", raw).upper()
    if not re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", text):
        raise InvalidInput("{value} is not a SWIFT code: it is like BUKBGB22.", value=raw)
    return text


def _digits(raw: str) -> str:
    return re.sub(r"[\s.-]", "", raw)


def _holds(digits: str) -> bool:
    """Tell whether the check digit holds, by the rule of the Bank of Russia for the keys of accounts."""
    return sum(int(each) * _WEIGHTS[place % 3] % 10 for place, each in enumerate(digits)) % 10 == 0
