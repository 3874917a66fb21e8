"""E-mail addresses as people type them."""

import pytest

from cardfile.errors import InvalidInput
from cardfile.values.email import parse_email, parse_emails


@pytest.mark.parametrize(
    ("raw", "emails"),
    [
        pytest.param(" Ivan@Mail.RU ", ("ivan@mail.ru",), id="case"),
        pytest.param("mailto:a.b@c.com?subject=1", ("a.b@c.com",), id="mailto"),
        pytest.param("Иван <a@b.ru>", ("a@b.ru",), id="with a name"),
        pytest.param('"Иванов, Иван" <a@b.ru>, c@d.ru', ("a@b.ru", "c@d.ru"), id="name with a comma"),
        pytest.param("a@b.ru; c@d.ru", ("a@b.ru", "c@d.ru"), id="semicolon"),
        pytest.param("a@b.ru c@d.ru\ne@f.ru", ("a@b.ru", "c@d.ru", "e@f.ru"), id="spaces and lines"),
        pytest.param("a@b.ru, A@B.RU", ("a@b.ru",), id="twice"),
        pytest.param("почта@пример.рф", ("почта@пример.рф",), id="cyrillic"),
        pytest.param("x@xn--e1afmkfd.xn--p1ai", ("x@пример.рф",), id="punycode"),
        pytest.param("josé@example.com", ("josé@example.com",), id="accents stay"),
        pytest.param("a@b.ru (рабочий).", ("a@b.ru",), id="comment"),
        pytest.param("e-mail: a+tag@b.co.uk", ("a+tag@b.co.uk",), id="label"),
        pytest.param("o'neil@x.ie", ("o'neil@x.ie",), id="apostrophe"),
        pytest.param("\u200ba@b.ru\u00a0", ("a@b.ru",), id="invisible"),
        pytest.param(None, (), id="none"),
        pytest.param("  ", (), id="blank"),
    ],
)
def test_addresses_are_read(raw: object, emails: tuple[str, ...]) -> None:
    assert parse_emails(raw) == emails


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param("нет", "write it like", id="a word"),
        pytest.param("ivan petrov@mail.ru", "ivan is not", id="a space inside"),
        pytest.param("ivan@mail,ru", "ivan@mail is not", id="comma for point"),
        pytest.param("a..b@c.ru", "write it like", id="two points"),
        pytest.param("a@b", "write it like", id="no domain"),
        pytest.param("a@@b.ru", "write it like", id="two ats"),
        pytest.param("user@1.2.3.4", "write it like", id="number"),
        pytest.param("a@-b.ru", "write it like", id="hyphen"),
        pytest.param("x@xn--.com", "write it like", id="broken punycode"),
        pytest.param("a" * 65 + "@b.ru", "write it like", id="long name"),
        pytest.param("a@" + "b" * 60 + ("." + "c" * 60) * 4 + ".ru", "longer", id="long address"),
        pytest.param("ivаn@mail.ru", "look alike", id="mixed letters"),
        pytest.param("a@b.ru," * 1000, "too long", id="endless"),
        pytest.param(5.0, "write it like", id="number cell"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(raw: object, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_emails(raw)


@pytest.mark.parametrize("raw", ["", "a@b.ru, c@d.ru"], ids=["none", "two"])
def test_one_address_is_one(raw: str) -> None:
    with pytest.raises(InvalidInput, match=r"empty|several"):
        parse_email(raw)
