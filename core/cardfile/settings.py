"""What an installation may set: environment over `cardfile.toml` over defaults.

`CARDFILE_PORT=8080` and `port = 8080` say the same; `CARDFILE_FITNESS__CLUB=North` and `club = "North"` under
`[fitness]` are the settings of the plugin `fitness`, checked by the plugin's own model.
"""

import json
import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings.exceptions import SettingsError as SourceError

from cardfile.errors import SettingsError
from cardfile.texts import LOCALES

__all__ = ["CONFIG", "Limits", "Settings", "nearest"]

PREFIX = "CARDFILE_"
CONFIG = "CARDFILE_CONFIG"
"""The environment variable that names another settings file than `cardfile.toml`."""

SWITCHES = ("CARDFILE_CONFIG", "CARDFILE_DEBUG", "CARDFILE_FAILPOINT", "CARDFILE_TEST_", "CARDFILE_BENCH_")
"""Beginnings of variables that are no settings of an installation: they steer one process, or tests."""

SectionModel = TypeVar("SectionModel", bound=BaseModel)


class Limits(BaseModel):
    """How much one request, file or reader may ask for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    body_bytes: int = Field(default=1_000_000, ge=1_000)
    upload_bytes: int = Field(default=50_000_000, ge=1_000)
    document_bytes: int = Field(default=16_384, ge=500)
    document_tokens: int = Field(default=1_000, ge=50)
    query_cost: int = Field(default=50_000, ge=1_000)
    query_depth: int = Field(default=20, ge=3)
    request_seconds: float = Field(default=20.0, gt=0)
    requests_per_minute: int = Field(default=1_200, ge=1)
    sign_ins_per_account: int = Field(default=10, ge=1)
    sign_ins_per_address: int = Field(default=50, ge=1)


class Sheets(BaseModel):
    """How large and how costly a foreign spreadsheet may be; see `cardfile.spreadsheets.FileLimits`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unpacked_megabytes: int = Field(default=1_000, ge=10)
    cells: int = Field(default=40_000_000, ge=10_000)
    in_a_file: int = Field(default=500, ge=1)
    memory_megabytes: int = Field(default=1_200, ge=300)
    seconds: int = Field(default=120, ge=5)
    at_once: int = Field(default=2, ge=1, le=64)


class Keeping(BaseModel):
    """For how many days what nobody needs any more is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sign_ins_days: int = Field(default=180, ge=1)
    sessions_days: int = Field(default=30, ge=1)
    uploads_days: int = Field(default=30, ge=1)
    dead_jobs_days: int = Field(default=90, ge=1)


class Settings(BaseSettings):
    """All that an installation may set; every value has a default, none is a secret.

    `Settings(…)` takes what it is given and reads nothing else; `Settings.load()` reads the environment and
    the settings file. `plugins` names the plugins to load (None: every installed one), `disabled_plugins`
    those to leave out; `queue_url` is `redis://…` or None for a file in `data_dir`; `worker` runs the jobs
    inside the server's process; after `worker_patience` seconds what lay in a queue is handed over again, and what
    a silent worker had is given to others; `worker_share` is which part of the time a job with very much to do
    works, and `worker_nice` by how much a worker's process steps back behind others on its machine; `sections`
    holds what plugins are given, by plugin.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, validate_default=True
    )

    data_dir: Path = Path("data")
    database_url: str = Field(
        default_factory=lambda known: f"sqlite:///{known.get('data_dir', 'data')}/cardfile.db"
    )
    database_pool: int = Field(default=10, ge=1, le=500)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    base_url: str = Field(
        default_factory=lambda known: f"http://{_visible(known.get('host', ''))}:{known.get('port', 8000)}"
    )
    locale: str = "en"
    zone: str = "UTC"
    region: str = Field(default="RU", pattern="^[A-Z]{2}$")
    currency: str = Field(default="RUB", pattern="^[A-Z]{3}$")
    plugins: Annotated[tuple[str, ...] | None, NoDecode] = None
    disabled_plugins: Annotated[tuple[str, ...], NoDecode] = ()
    queue_url: str | None = None
    queue_name: str = Field(default="cardfile", pattern="^[a-z][a-z0-9_]{0,39}$")
    worker: bool = True
    worker_threads: int = Field(default=2, ge=1, le=64)
    worker_patience: float = Field(default=12.0, ge=0.5, le=300)
    worker_share: float = Field(default=0.125, gt=0, le=1)
    worker_nice: int = Field(default=5, ge=0, le=19)
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    session_days: int = Field(default=14, ge=1, le=365)
    permanent_after: int = Field(default=3, ge=1, le=1_000)
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    limits: Limits = Limits()
    sheets: Sheets = Sheets()
    keep: Keeping = Keeping()
    sections: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)

    @classmethod
    def load(cls, **overrides: Any) -> "Settings":
        """Read environment and settings file; `overrides` win over both. Raises `SettingsError`."""
        _refuse_unknown_variables()
        try:
            return _Read(**overrides)
        except ValidationError as error:
            raise SettingsError(_sentence(error, Settings, section="")) from None
        except SourceError as error:
            raise SettingsError(f"The settings cannot be read: {error}.") from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing but what the constructor is given."""
        return (init_settings,)

    @field_validator("plugins", "disabled_plugins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("locale")
    @classmethod
    def _known_locale(cls, value: str) -> str:
        if value not in LOCALES:
            raise ValueError(f"there is no locale {value!r}; there are: {', '.join(LOCALES)}")
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"there is no time zone {value!r}; right ones look like Europe/Moscow") from None
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgres://", "postgresql://")):
            raise ValueError("a database is sqlite:///path/to/file.db or postgresql://user@host:5432/name")
        return value

    @field_validator("queue_url")
    @classmethod
    def _known_queue(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "sqlite:///")):
            raise ValueError(
                "a queue is redis://host:6379/0 or sqlite:///path/to/file.db; else it is a file in data_dir"
            )
        return value

    @field_validator("base_url")
    @classmethod
    def _whole_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("it begins with http:// or https://, such as https://crm.example.com")
        return value.rstrip("/")

    def section(self, name: str, model: type[SectionModel]) -> SectionModel:
        """Return what the plugin `name` was given, checked by its `model`; raises `SettingsError`."""
        given = dict(self.sections.get(name, {}))
        if model.model_config.get("extra") != "allow":
            for key in given:
                if key not in model.model_fields:
                    raise SettingsError(
                        f"{name}: there is no setting {key!r} in [{name}]{nearest(key, model.model_fields)}"
                    )
        try:
            return model.model_validate(given)
        except ValidationError as error:
            raise SettingsError(_sentence(error, model, section=name)) from None

    def check_sections(self, known: Iterable[str]) -> None:
        """Refuse sections of plugins that are not loaded; raises `SettingsError` with the nearest name."""
        names = tuple(known)
        for name in self.sections:
            if name not in names and name not in self.disabled_plugins:
                raise SettingsError(
                    f"The section [{name}] (or {PREFIX}{name.upper()}__…) belongs to no loaded plugin"
                    f"{nearest(name, (*names, 'limits'))}"
                )


class _Read(Settings):
    """Settings that look around: constructor, environment, settings file, in this order."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (
            init_settings,
            env_settings,
            _PluginVariables(settings_cls),
            _File(settings_cls, _config_file()),
        )


class _File(TomlConfigSettingsSource):
    """The settings file: tables that are no settings of the core's own are sections of plugins."""

    def __init__(self, settings_cls: type[BaseSettings], path: Path | None) -> None:
        try:
            super().__init__(settings_cls, path)
        except (TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"The settings file {path} is not TOML: {error}.") from None
        given, sections = {}, {}
        for key, value in self.init_kwargs.items():
            if key in KNOWN:
                given[key] = value
            elif isinstance(value, dict):
                sections[key] = value
            else:
                raise SettingsError(f"{path}: there is no setting {key!r}{nearest(key, KNOWN)}")
        self.init_kwargs = given | ({"sections": sections} if sections else {})


class _PluginVariables(PydanticBaseSettingsSource):
    """Variables such as `CARDFILE_FITNESS__CLUB`, which belong to plugins."""

    def get_field_value(self, field: object, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        sections: dict[str, dict[str, Any]] = {}
        for variable, value in os.environ.items():
            plugin, dotted, key = variable.removeprefix(PREFIX).lower().partition("__")
            if dotted and variable.startswith(PREFIX) and plugin not in KNOWN:
                sections.setdefault(plugin, {})[key] = _plain(value)
        return {"sections": sections} if sections else {}


KNOWN = frozenset(Settings.model_fields) - {"sections"}


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about the unknown `name`: what was meant, or what there is."""
    names = sorted(known)
    if close := get_close_matches(name, names, n=1, cutoff=0.6):
        return f"; did you mean {close[0]!r}?"
    return f"; there are: {', '.join(names)}." if names else "; there are none."


def _config_file() -> Path | None:
    named = os.environ.get(CONFIG)
    if named is None:
        return Path("cardfile.toml")
    if not Path(named).is_file():
        raise SettingsError(
            f"{CONFIG} names the settings file {named!r}, which does not exist: make it, or unset {CONFIG}."
        )
    return Path(named)


def _refuse_unknown_variables() -> None:
    for variable in os.environ:
        if not variable.startswith(PREFIX) or variable.startswith(SWITCHES):
            continue
        name, dotted, _ = variable.removeprefix(PREFIX).lower().partition("__")
        if name not in KNOWN and not dotted:
            raise SettingsError(f"{variable}: there is no setting {name!r}{nearest(name, KNOWN)}")


def _plain(value: str) -> object:
    """Return the value of a variable: JSON when it is a list or an object, else the text itself."""
    if value[:1] in {"[", "{"}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _visible(host: str) -> str:
    """Return the name under which a server that listens on `host` can be asked from the same machine."""
    if host in {"", "0.0.0.0", "::"}:
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _sentence(error: ValidationError, model: type[BaseModel], *, section: str) -> str:
    """Return one sentence for the first thing that is wrong."""
    first = error.errors(include_url=False)[0]
    path = [str(part) for part in first["loc"] if part != "sections"]
    name = ".".join([section, *path] if section else path)
    variable = PREFIX + "__".join([section, *path] if section else path).upper()
    if first["type"] == "extra_forbidden":
        known = Limits.model_fields if path[:-1] == ["limits"] else model.model_fields
        return f"There is no setting {name!r}{nearest(path[-1], set(known) - {'sections'})}"
    reason = first["msg"].removeprefix("Value error, ")
    reason = reason[:1].lower() + reason[1:]
    # Addresses are not repeated: they may hold a password.
    shown = first["type"] != "missing" and isinstance(first["input"], str | int | float) and "url" not in name
    value = f" is {first['input']!r}, but" if shown else ":"
    return f"The setting {name}{value} {reason}. Set {name} in cardfile.toml or {variable}."
