"""Settings: environment over file over defaults, and sentences for whatever is wrong."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from cardfile.errors import SettingsError
from cardfile.settings import Settings


class Turnstile(BaseModel):
    address: str
    poll_seconds: int = 5
    doors: list[str] = []


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_setting_has_a_default() -> None:
    settings = Settings.load()
    assert settings.database_url == "sqlite:///data/cardfile.db"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.plugins is None


def test_the_environment_wins_over_the_file_and_arguments_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("cardfile.toml").write_text('port = 1\nhost = "0.0.0.0"\nregion = "KZ"\n', encoding="utf-8")
    monkeypatch.setenv("CARDFILE_PORT", "2")
    monkeypatch.setenv("CARDFILE_REGION", "BY")
    settings = Settings.load(region="UA")
    assert (settings.host, settings.port, settings.region) == ("0.0.0.0", 2, "UA")
    assert settings.base_url == "http://localhost:2"


def test_another_file_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("other.toml").write_text("port = 9\n", encoding="utf-8")
    monkeypatch.setenv("CARDFILE_CONFIG", "other.toml")
    assert Settings.load().port == 9


def test_a_named_file_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDFILE_CONFIG", "nowhere.toml")
    with pytest.raises(SettingsError, match=r"nowhere\.toml.*does not exist"):
        Settings.load()


def test_a_file_that_is_no_toml_is_named() -> None:
    Path("cardfile.toml").write_text("port = = 1", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"cardfile\.toml is not TOML"):
        Settings.load()


def test_the_database_follows_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDFILE_DATA_DIR", "elsewhere")
    assert Settings.load().database_url == "sqlite:///elsewhere/cardfile.db"


def test_lists_are_written_with_commas_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDFILE_PLUGINS", "graphql, fitness")
    assert Settings.load().plugins == ("graphql", "fitness")


def test_limits_are_set_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDFILE_LIMITS__QUERY_DEPTH", "7")
    limits = Settings.load().limits
    assert (limits.query_depth, limits.document_tokens) == (7, 1_000)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        pytest.param("CARDFILE_PROT", "1", "did you mean 'port'", id="unknown"),
        pytest.param("CARDFILE_PORT", "many", r"port is 'many', but .*CARDFILE_PORT", id="number"),
        pytest.param("CARDFILE_ZONE", "Moscow", "right ones look like Europe/Moscow", id="zone"),
        pytest.param("CARDFILE_LOCALE", "xx", "there are: en, ru", id="locale"),
        pytest.param("CARDFILE_QUEUE_URL", "amqp://x", "redis://host", id="queue"),
        pytest.param("CARDFILE_BASE_URL", "crm.example.com", "http://", id="address"),
        pytest.param("CARDFILE_LIMITS__QUERY_DEPT", "3", "did you mean 'query_depth'", id="limit"),
        pytest.param(
            "CARDFILE_LIMITS__QUERY_DEPTH",
            "0",
            r"limits\.query_depth.*CARDFILE_LIMITS__QUERY_DEPTH",
            id="range",
        ),
    ],
)
def test_a_wrong_variable_is_named_with_what_would_be_right(
    variable: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=sentence):
        Settings.load()


def test_the_password_of_a_wrong_database_url_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDFILE_DATABASE_URL", "mysql://me:hush@host/db")
    with pytest.raises(SettingsError, match="database_url") as refused:
        Settings.load()
    assert "hush" not in str(refused.value)


def test_an_unknown_key_of_the_file_is_refused_with_the_nearest_name() -> None:
    Path("cardfile.toml").write_text('databse_url = "x"', encoding="utf-8")
    with pytest.raises(SettingsError, match="did you mean 'database_url'"):
        Settings.load()


def test_a_plugin_gets_its_section_from_file_and_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("cardfile.toml").write_text('[turnstile]\naddress = "a"\npoll_seconds = 7\n', encoding="utf-8")
    monkeypatch.setenv("CARDFILE_TURNSTILE__ADDRESS", "b")
    monkeypatch.setenv("CARDFILE_TURNSTILE__DOORS", '["north"]')
    section = Settings.load().section("turnstile", Turnstile)
    assert (section.address, section.poll_seconds, section.doors) == ("b", 7, ["north"])


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        pytest.param({}, r"turnstile\.address.*CARDFILE_TURNSTILE__ADDRESS", id="missing"),
        pytest.param({"address": "a", "pol_seconds": 1}, "did you mean 'poll_seconds'", id="unknown"),
        pytest.param({"address": "a", "poll_seconds": "x"}, r"turnstile\.poll_seconds is 'x'", id="wrong"),
    ],
)
def test_a_section_is_checked_by_the_plugins_own_model(section: dict[str, object], sentence: str) -> None:
    settings = Settings(sections={"turnstile": section})
    with pytest.raises(SettingsError, match=sentence):
        settings.section("turnstile", Turnstile)


def test_a_section_of_no_plugin_is_refused_unless_that_plugin_is_disabled() -> None:
    with pytest.raises(SettingsError, match="did you mean 'fitness'"):
        Settings(sections={"fitnes": {"x": 1}}).check_sections(["fitness"])
    Settings(sections={"windows": {}}, disabled_plugins=("windows",)).check_sections(["fitness"])


def test_settings_made_by_hand_read_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDFILE_PORT", "2")
    assert Settings().port == 8000
