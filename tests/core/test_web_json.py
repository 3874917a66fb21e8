"""JSON from strangers, and the small things that the gate is made of."""

import time
from itertools import pairwise

import pytest

from cardfile.errors import InvalidInput, SettingsError
from cardfile.web.addresses import TrustedProxies
from cardfile.web.cookies import is_from_our_pages, session_cookie, session_of
from cardfile.web.json_body import parse_json
from cardfile.web.languages import wished_locale
from cardfile.web.pace import Pace


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"a":}',
        b'{"a": NaN}',
        b"\xff\xfe{}",
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"a": "\x00"}',
        b"\x00",
        b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"a": ' * 200_000,
        b"[" * 1_000_000,
        b'"' * 999_999,
        b'\\"' * 499_999,
        b'{"' + b'\\"' * 400_000 + b"[" * 100,
        b'["' * 300_000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_small_object_is_refused_quickly(body: bytes) -> None:
    begin = time.perf_counter()
    with pytest.raises(InvalidInput):
        parse_json(body)
    assert time.perf_counter() - begin < 1.0


def test_brackets_in_strings_are_no_depth() -> None:
    text = "{[" * 1_000 + '\\"' + "\\\\"
    body = b'{"query": "' + b"{[" * 1_000 + rb"\"" + rb"\\" + rb'\\", "b": [1, {"c": []}]}'
    assert parse_json(b'{"a": "' + b"[" * 5_000 + b'"}') == {"a": "[" * 5_000}
    assert parse_json(body)["b"] == [1, {"c": []}]
    assert text.startswith("{[")


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
def test_depth_is_counted_exactly(depth: int) -> None:
    body = b'{"a": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b', "b": "' + b"[" * 70 + b'"}'
    if depth <= 3:
        assert "b" in parse_json(body, max_depth=3)
    else:
        with pytest.raises(InvalidInput, match="deeper than 3"):
            parse_json(body, max_depth=3)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("9.9.9.9", "1.1.1.1", "9.9.9.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1", "1.1.1.1"),
        ("10.0.0.1", "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        ("10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
        ("10.0.0.1", "1.1.1.1, garbage", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
        ("", "1.1.1.1", ""),
    ],
)
def test_forwarded_for_is_believed_from_our_proxies_only(peer: str, forwarded: str, address: str) -> None:
    assert TrustedProxies(["10.0.0.0/8"]).address(peer, forwarded) == address


def test_a_proxy_that_is_no_address_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="'proxy' is no address"):
        TrustedProxies(["proxy"])


def test_a_pace_lets_through_a_minute_s_worth_and_then_fills_steadily() -> None:
    now = [0.0]
    pace = Pace(60, timer=lambda: now[0])
    assert [pace.take("ann") for _ in range(60)] == [0] * 60
    assert pace.take("ann") >= 1
    assert pace.take("bob") == 0
    now[0] = 2.0
    assert [pace.take("ann") > 0 for _ in range(3)] == [False, False, True]


def test_a_pace_remembers_a_bounded_number_of_people() -> None:
    now = [0.0]
    pace = Pace(60, most=100, timer=lambda: now[0])
    for who in range(1_000):
        pace.take(who)
    assert len(pace._buckets) <= 100


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("de,en;q=0.5,ru;q=0.7", "ru"),
        ("en-GB", "en"),
        ("de", None),
        ("*", None),
        ("ru;q=0", None),
        ("ru;q=nan", None),
        ("", None),
        (";;;q==,,," * 100, None),
    ],
)
def test_the_language_that_is_liked_best_is_taken(header: str, locale: str | None) -> None:
    assert wished_locale(header) == locale


@pytest.mark.parametrize(
    ("site", "origin", "is_ours"),
    [
        ("same-origin", "https://crm.example.com", True),
        ("same-origin", "", True),
        ("none", "", True),
        ("", "https://crm.example.com", True),
        ("", "", False),
        ("cross-site", "https://evil.example", False),
        ("same-site", "https://evil.example.com", False),
        ("", "https://evil.example", False),
        ("", "null", False),
        ("cross-site", "", False),
        ("same-origin", "https://evil.example", False),
        ("", "https://crm.example.com.evil.example", False),
    ],
)
def test_a_page_of_ours_is_told_from_a_foreign_one(site: str, origin: str, is_ours: bool) -> None:  # noqa: FBT001
    told = is_from_our_pages(
        fetch_site=site, origin=origin, host="crm.example.com", base_url="https://crm.example.com"
    )
    assert told is is_ours


def test_a_cookie_is_read_back_and_is_out_of_reach_of_scripts() -> None:
    made = session_cookie("cfs_abc-_", seconds=60, is_secure=True)
    assert session_of("a=b; " + made.partition(";")[0]) == "cfs_abc-_"
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=60", "Secure"):
        assert part in made
    for header in ("", ";;;", "cardfile_session", "xcardfile_session=1", "=;="):
        assert session_of(header) is None


def test_reading_grows_no_faster_than_the_body() -> None:
    spent = []
    for size in (100_000, 200_000, 400_000):
        body = b'{"a": "' + b'\\"[' * size
        begin = time.perf_counter()
        with pytest.raises(InvalidInput):
            parse_json(body)
        spent.append(time.perf_counter() - begin)
    assert all(later < 8 * earlier + 0.05 for earlier, later in pairwise(spent))
