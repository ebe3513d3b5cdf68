"""What can be set: `config.yml`, overridden by DATABASE_URL, REDIS_URL and HOSPES_… (nested keys with two underscores).

`config.yml` may use the longer shape with `database.postgres.rw.host` and so on; it is translated into addresses.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, Field, ValidationError

from hospes.platform.settings.base import Section, SettingsError
from hospes.platform.settings.outside import (
    Fees,
    Hosts,
    Legal,
    Location,
    Mail,
    Map,
    Payment,
    Payouts,
    Sms,
)
from hospes.platform.settings.searching import Search
from hospes.platform.settings.servers import DatabaseSection
from hospes.platform.settings.ways_in import (
    Auth,
    Security,
)

S = TypeVar("S", bound=BaseModel)


class Settings(Section):
    """Everything that can be set, checked at start."""

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    data_dir: Path = Path("var")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    modules: tuple[str, ...] = ()  # empty: every module
    database_url: str = ""  # empty: the embedded PostgreSQL
    read_database_url: str = ""  # empty: the same
    redis_url: str = ""  # empty: the embedded Valkey
    pool_size: int = Field(default=12, ge=1, le=1000)  # connections for writing, in each process
    storage_url: str = ""  # empty: the folder `media` in data_dir
    secure_cookies: bool = False
    payment_provider: str = "sandbox"
    auth: Auth = Auth()
    security: Security = Security()
    mail: Mail = Mail()
    sms: Sms = Sms()
    map: Map = Map()
    location: Location = Location()
    payment: Payment = Payment()
    payouts: Payouts = Payouts()
    fees: Fees = Fees()
    legal: Legal = Legal()
    hosts: Hosts = Hosts()
    search: Search = Search()
    aws: dict[str, Any] = Field(default={})  # accepted, not used

    @property
    def admins_need_second_factor(self) -> bool:
        """Whether an admin without a second step is no admin."""
        said = self.security.admins_need_second_factor
        return self.environment == "production" if said is None else said

    @property
    def media_url(self) -> str:
        """Where pictures are stored, as an address obstore knows."""
        return self.storage_url or (self.data_dir.absolute() / "media").as_uri()


def load_settings(file: Path | None = None, environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """The settings in force; raises `SettingsError` naming the key that is wrong."""
    env = dict(os.environ if environ is None else environ)
    path = file or Path(env.get("HOSPES_CONFIG", "config.yml"))
    if (file is not None or "HOSPES_CONFIG" in env) and not path.is_file():
        raise SettingsError(f"There is no settings file {path}.")
    merged = _merged(_translated(_from_file(path)), _from_environment(env))
    for name, key in (("DATABASE_URL", "database_url"), ("REDIS_URL", "redis_url")):
        if env.get(name):
            merged[key] = env[name]
    merged.update(given)
    settings = _validated(Settings, merged)
    _check_address("database_url (DATABASE_URL)", settings.database_url, ("postgresql", "postgres"))
    _check_address("read_database_url", settings.read_database_url, ("postgresql", "postgres"))
    _check_address("redis_url (REDIS_URL)", settings.redis_url, ("redis", "rediss", "unix"))
    _check_address("mail.url", settings.mail.url, ("smtp", "smtps"))
    if settings.environment == "production" and 0 < len(settings.auth.secret) < 32:
        raise SettingsError("auth.secret: needs at least 32 characters in production")
    return settings.model_copy(update={"data_dir": settings.data_dir.absolute()})


def with_secrets(settings: Settings) -> Settings:
    """The settings with the signing secret, when none was given, taken from `secrets.json` in data_dir."""
    if settings.auth.secret:
        return settings
    auth = settings.auth.model_copy(update={"secret": kept_secret(settings.data_dir, "auth")})
    return settings.model_copy(update={"auth": auth})


def kept_secret(data_dir: Path, name: str) -> str:
    """A secret of this installation: made once, readable by its owner only."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "secrets.json"
    if name in (kept := _kept(path)):
        return kept[name]
    with open(os.open(path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two processes that start together one makes it
        kept = _kept(path)
        if name not in kept:
            kept[name] = secrets.token_urlsafe(48)
            fresh = path.with_suffix(f".{os.getpid()}")
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(kept, file)
            fresh.replace(path)
    return kept[name]


def _kept(path: Path) -> dict[str, str]:
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return kept


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


def _translated(said: dict[str, Any]) -> dict[str, Any]:
    """`database.postgres`, `database.redis`, `auth.session`, `aws.ses` as the addresses and values they stand for."""
    result = dict(said)
    if "database" in result:
        section = _validated(DatabaseSection, result.pop("database") or {}, "database")
        if section.postgres.rw:
            result.setdefault("database_url", section.postgres.rw.url())
            result.setdefault("pool_size", section.postgres.rw.max_pool_size)
        if section.postgres.ro:
            result.setdefault("read_database_url", section.postgres.ro.url())
        if section.redis.session:
            result.setdefault("redis_url", section.redis.session.url())
    auth = result.get("auth")
    if isinstance(auth, dict) and isinstance(auth.get("session"), dict):
        session = auth["session"]
        flat = {"secret": session.get("secret"), "session_ttl": session.get("ttl")}
        rest = {key: value for key, value in auth.items() if key != "session"}
        result["auth"] = {**{key: value for key, value in flat.items() if value is not None}, **rest}
    ses = result["aws"].get("ses") if isinstance(result.get("aws"), dict) else None
    if isinstance(ses, dict) and ses.get("from_email"):
        result["mail"] = {"sender": ses["from_email"], **(result.get("mail") or {})}
    return result


_LISTS = (["modules"], ["security", "trustedProxies"])


def _from_environment(env: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in env.items():
        path = _path_of(name)
        if not path:
            continue
        section = found
        for key in path[:-1]:
            section = section.setdefault(key, {})
        section[path[-1]] = [part.strip() for part in text.split(",") if part.strip()] if path in _LISTS else text
    return found


def _path_of(name: str) -> list[str]:
    """`HOSPES_SECURITY__RATELIMIT__LIMIT` names security.rateLimit.limit; a name that fits no setting is an error."""
    if not name.startswith("HOSPES_") or name == "HOSPES_CONFIG":
        return []
    path: list[str] = []
    model: type[BaseModel] | None = Settings
    for part in name.removeprefix("HOSPES_").split("__"):
        known = {key.lower(): key for key in model.model_fields} if model else {}
        key = known.get(part.lower(), "")
        if model is None or not key:
            raise SettingsError(f"{name}: there is no such setting")
        path.append(key)
        annotation = model.model_fields[key].annotation
        model = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    return path


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def _validated(model: type[S], said: Any, prefix: str = "") -> S:
    try:
        return model.model_validate(said)
    except ValidationError as fault:
        lines = []
        for error in fault.errors():
            key = ".".join(str(part) for part in (*([prefix] if prefix else []), *error["loc"]))
            wrong = "there is no such setting" if error["type"] == "extra_forbidden" else error["msg"]
            lines.append(f"{key}: {wrong}")
        raise SettingsError("\n".join(lines)) from fault


def _check_address(key: str, url: str, schemes: tuple[str, ...]) -> None:
    if url and urlsplit(url).scheme not in schemes:
        raise SettingsError(f"{key}: must start with {' or '.join(f'{scheme}://' for scheme in schemes)}")
