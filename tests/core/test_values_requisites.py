"""Tax numbers and web addresses."""

import pytest

from cardfile.errors import InvalidInput
from cardfile.values.requisites import parse_inn
from cardfile.values.url import parse_url


@pytest.mark.parametrize(
    ("raw", "inn"),
    [
        pytest.param("7707083893", "7707083893", id="company"),
        pytest.param(7707083893.0, "7707083893", id="float cell"),
        pytest.param("ИНН 500100732259", "500100732259", id="person"),
        pytest.param(277000000, "0277000000", id="zero restored"),
        pytest.param("7,707083893E+09", "7707083893", id="exponent with all digits"),
    ],
)
def test_an_inn_is_read(raw: object, inn: str) -> None:
    assert parse_inn(raw) == inn


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param("7707083894", "check digit", id="check digit"),
        pytest.param("500100732258", "check digit", id="check digit of a person"),
        pytest.param(277000001, "10 digits", id="zero not restored"),
        pytest.param("0000000000", "check digit", id="zeros"),
        pytest.param("7,70708E+09", "lost", id="exponent"),
        pytest.param("abc", "10 digits", id="letters"),
        pytest.param(None, "10 digits", id="none"),
        pytest.param(True, "10 digits", id="yes"),
    ],
)
def test_what_is_no_inn_is_refused_with_the_reason(raw: object, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_inn(raw)


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        pytest.param("example.com", "https://example.com", id="bare"),
        pytest.param("HTTP://Example.COM/A?b=1#c", "http://example.com/A?b=1#c", id="case"),
        pytest.param(" www.пример.рф/путь ", "https://www.пример.рф/путь", id="cyrillic"),
        pytest.param("example.com:8080/x", "https://example.com:8080/x", id="port"),
        pytest.param("//example.com", "https://example.com", id="no scheme"),
        pytest.param("http://10.0.0.1/", "http://10.0.0.1/", id="number"),
    ],
)
def test_a_web_address_is_read(raw: str, url: str) -> None:
    assert parse_url(raw) == url


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param("javascript:alert(1)", "only http", id="script"),
        pytest.param("java\u200bscript:alert(1)", "only http", id="hidden script"),
        pytest.param("data:text/html,x", "only http", id="data"),
        pytest.param("mailto:a@b.ru", "only http", id="mail"),
        pytest.param("http://a:b@example.com", "password", id="password"),
        pytest.param("a@example.com", "user name", id="an e-mail address"),
        pytest.param("http://[::1", "write it like", id="broken"),
        pytest.param("a.ru:99999", "write it like", id="port"),
        pytest.param("http://example .com", "write it like", id="space"),
        pytest.param("слово", "write it like", id="a word"),
        pytest.param("http://999.1.1.1", "write it like", id="no such number"),
        pytest.param("", "write it like", id="empty"),
        pytest.param("a.ru/" + "x" * 3000, "too long", id="endless"),
    ],
)
def test_what_is_no_web_address_is_refused_with_the_reason(raw: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_url(raw)
