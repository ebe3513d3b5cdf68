"""What can be set: `config.yml`, overridden by DATABASE_URL, REDIS_URL and HOSPES_… (nested keys with two underscores)."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)


class SettingsError(Exception):
    """A setting cannot be used; the message names its key."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class PostgresServer(_Section):
    """One address of PostgreSQL."""

    host: str = "localhost"
    port: int = Field(default=5432, ge=1, le=65535)
    user: str = "postgres"
    password: str = ""
    database: str = "hospes"
    max_pool_size: int = Field(default=20, ge=1, le=1000)

    def url(self) -> str:
        """As a connection address; a host that starts with / is the folder of a Unix socket."""
        login = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        if self.host.startswith("/"):
            return f"postgresql://{login}@/{quote(self.database)}?host={quote(self.host)}&port={self.port}"
        return f"postgresql://{login}@{self.host}:{self.port}/{quote(self.database)}"


class Postgres(_Section):
    """Where rows are written, and where they are read (the same place unless given)."""

    rw: PostgresServer | None = None
    ro: PostgresServer | None = None


class RedisServer(_Section):
    """One address of Redis or Valkey."""

    host: str = "localhost"
    port: int = Field(default=6379, ge=1, le=65535)
    db: int = Field(default=0, ge=0)
    password: str = ""
    ttl: int | None = None

    def url(self) -> str:
        """As a connection address."""
        login = f":{quote(self.password, safe='')}@" if self.password else ""
        return f"redis://{login}{self.host}:{self.port}/{self.db}"


class RedisServers(_Section):
    """One server is used for everything; `session` names it."""

    session: RedisServer | None = None
    cache: RedisServer | None = None
    rate_limit: RedisServer | None = Field(default=None, alias="rateLimit")


class DatabaseSettings(_Section):
    postgres: Postgres = Postgres()
    redis: RedisServers = RedisServers()
    mongodb: dict[str, Any] | None = None  # accepted for files in the older shape; not used


class Session(_Section):
    secret: str = Field(default="", min_length=0)
    ttl: int = Field(default=604_800, ge=60)


class Auth(_Section):
    """`auth`: the secret that signs tokens, and lifetimes in seconds."""

    session: Session = Session()
    access_ttl: int = Field(default=900, ge=60)
    refresh_ttl: int = Field(default=604_800, ge=60)
    oauth: dict[str, Any] = {}

    @property
    def session_ttl(self) -> int:
        """How long a browser session lasts after its last use."""
        return self.session.ttl

    @property
    def secret(self) -> str:
        """What tokens are signed with."""
        return self.session.secret


class RateLimit(_Section):
    ttl: int = Field(default=60, ge=1)
    limit: int = Field(default=100, ge=1)


class Lockout(_Section):
    attempts: int = Field(default=5, ge=1)
    duration: int = Field(default=900, ge=1)


class SecuritySettings(_Section):
    rate_limit: RateLimit = Field(default_factory=RateLimit, alias="rateLimit")
    lockout: Lockout = Lockout()


class MailSettings(_Section):
    url: str = ""  # smtp://user:password@host:587
    sender: str = "Hospes <no-reply@hospes.example>"


class StorageSettings(_Section):
    url: str = ""  # empty: the folder `media` in data_dir; else a URL obstore knows (s3://…, file:///…)


class MapSettings(_Section):
    tile_url: str = ""  # empty: the built-in vector base map
    attribution: str = ""


class Settings(BaseSettings):
    """Everything that can be set, checked at start."""

    model_config = SettingsConfigDict(env_prefix="HOSPES_", env_nested_delimiter="__", extra="forbid")

    environment: Literal["development", "production", "test"] = "development"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    data_dir: Path = Path("var")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    modules: list[str] = []  # empty: every module
    # The addresses in use. From DATABASE_URL and REDIS_URL, else from `database`, else of the embedded servers.
    database_url: str = ""
    database_read_url: str = ""
    redis_url: str = ""
    database: DatabaseSettings = DatabaseSettings()
    auth: Auth = Auth()
    security: SecuritySettings = SecuritySettings()
    mail: MailSettings = MailSettings()
    storage: StorageSettings = StorageSettings()
    map: MapSettings = MapSettings()
    payment: dict[str, Any] = {}
    aws: dict[str, Any] = {}
    config_file: str = ""

    @property
    def pool_sizes(self) -> tuple[int, int]:
        """Connections for writing and for reading, in each process."""
        rw, ro = self.database.postgres.rw, self.database.postgres.ro
        return (rw.max_pool_size if rw else 12, ro.max_pool_size if ro else 8)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


class _Environment(BaseSettings):
    """Only its configuration is used: which variables there are follows from `Settings`."""


def load_settings(file: Path | None = None, environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """The settings in force; raises `SettingsError` naming the key that is wrong."""
    env = dict(os.environ if environ is None else environ)
    path = file or Path(env.get("HOSPES_CONFIG", "config.yml"))
    if (file is not None or "HOSPES_CONFIG" in env) and not path.is_file():
        raise SettingsError(f"There is no settings file {path}.")
    merged = _merged(_from_file(path), _from_environment(env))
    for name, key in (("DATABASE_URL", "database_url"), ("REDIS_URL", "redis_url")):
        if env.get(name):
            merged[key] = env[name]
    merged.update(given)
    try:
        settings = Settings(**merged)
    except ValidationError as fault:
        raise SettingsError(_explained(fault)) from fault
    return _completed(settings)


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as fault:
        raise SettingsError(f"{path} is not YAML: {fault}") from fault
    if not isinstance(loaded, dict):
        raise SettingsError(f"{path} must hold keys and values.")
    return loaded


def _from_environment(env: dict[str, str]) -> dict[str, Any]:
    known = {name: value for name, value in env.items() if name.upper() != "HOSPES_CONFIG"}
    source = EnvSettingsSource(Settings, env_prefix="HOSPES_", env_nested_delimiter="__")
    source.env_vars = {name.lower(): value for name, value in known.items()}
    try:
        return dict(source())
    except ValueError as fault:
        raise SettingsError(str(fault)) from fault


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def _completed(settings: Settings) -> Settings:
    postgres, redis = settings.database.postgres, settings.database.redis
    update: dict[str, Any] = {"data_dir": settings.data_dir.absolute()}
    if not settings.database_url and postgres.rw:
        update["database_url"] = postgres.rw.url()
        update["database_read_url"] = postgres.ro.url() if postgres.ro else ""
    if not settings.redis_url and redis.session:
        update["redis_url"] = redis.session.url()
    url = update.get("database_url", settings.database_url)
    if url and urlsplit(url).scheme not in ("postgresql", "postgres"):
        raise SettingsError("database_url (DATABASE_URL): must start with postgresql://")
    url = update.get("redis_url", settings.redis_url)
    if url and urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise SettingsError("redis_url (REDIS_URL): must start with redis://, rediss:// or unix://")
    if settings.auth.secret and len(settings.auth.secret) < 16 and settings.environment == "production":
        raise SettingsError("auth.session.secret: needs at least 16 characters in production")
    return settings.model_copy(update=update)


def with_secrets(settings: Settings) -> Settings:
    """The settings with every secret that was left empty taken from `secrets.json` in data_dir, made on first use."""
    if settings.auth.session.secret:
        return settings
    kept = kept_secret(settings.data_dir, "auth")
    session = settings.auth.session.model_copy(update={"secret": kept})
    return settings.model_copy(update={"auth": settings.auth.model_copy(update={"session": session})})


def kept_secret(data_dir: Path, name: str) -> str:
    """A secret of this installation: made once, readable by its owner only."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if name not in kept:
        kept[name] = secrets.token_urlsafe(32)
        fresh = path.with_suffix(f".{os.getpid()}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file)
        fresh.replace(path)
    return kept[name]


def _explained(fault: ValidationError) -> str:
    lines = []
    for error in fault.errors():
        key = ".".join(str(part) for part in error["loc"])
        said = "there is no such setting" if error["type"] == "extra_forbidden" else error["msg"]
        lines.append(f"{key}: {said}")
    return "\n".join(lines)


__all__ = ["InitSettingsSource", "Settings", "SettingsError", "kept_secret", "load_settings", "with_secrets"]
