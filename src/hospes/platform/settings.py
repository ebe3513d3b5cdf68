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
from urllib.parse import quote, urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr, ValidationError, field_validator

S = TypeVar("S", bound=BaseModel)


class SettingsError(Exception):
    """A setting cannot be used; the message names its key."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_NO_SECRET = SecretStr("")


class GoogleSignIn(_Section):
    """A web client of Google's; `issuer` differs in tests only."""

    client_id: str = ""
    client_secret: SecretStr = _NO_SECRET
    issuer: str = "https://accounts.google.com"


class FacebookSignIn(_Section):
    """An app of Facebook's; the addresses carry the version of its API."""

    app_id: str = ""
    app_secret: SecretStr = _NO_SECRET
    dialog_url: str = "https://www.facebook.com/v23.0/dialog/oauth"
    graph_url: str = "https://graph.facebook.com/v23.0"


class AppleSignIn(_Section):
    """A services id of Apple's, and the key (PEM) that signs its client secrets."""

    client_id: str = ""
    team_id: str = ""
    key_id: str = ""
    private_key: SecretStr = _NO_SECRET
    issuer: str = "https://appleid.apple.com"


class OidcSignIn(_Section):
    """Any OpenID provider, such as a company's own; `name` is what its button says."""

    name: str = "Single sign-on"
    client_id: str = ""
    client_secret: SecretStr = _NO_SECRET
    issuer: str = ""


class OAuth(_Section):
    """With whom people may sign in instead of a password; a provider without an id is not offered."""

    google: GoogleSignIn = GoogleSignIn()
    facebook: FacebookSignIn = FacebookSignIn()
    apple: AppleSignIn = AppleSignIn()
    oidc: OidcSignIn = OidcSignIn()


class Auth(_Section):
    """Tokens and sessions; lifetimes in seconds. An empty secret is replaced by one kept in data_dir.

    `pii_keys` (`name:secret`, the current one first) seal what is known of people, `pii_index_secret` makes their email
    addresses and numbers comparable; it never changes. Without them, secrets kept in data_dir are used.
    """

    secret: str = ""
    pii_keys: tuple[SecretStr, ...] = ()
    pii_index_secret: SecretStr = _NO_SECRET
    access_ttl: int = Field(default=900, ge=60)
    refresh_ttl: int = Field(default=604_800, ge=60)
    session_ttl: int = Field(default=604_800, ge=60)  # after its last use
    session_longest: int = Field(default=2_592_000, ge=60)  # after signing in, however much it is used
    key_lasts: int = Field(default=2_592_000, ge=3600)  # how long one key signs access tokens
    oauth: OAuth = OAuth()

    @field_validator("pii_keys", mode="before")
    @classmethod
    def _listed(cls, said: Any) -> Any:
        return [part.strip() for part in said.split(",") if part.strip()] if isinstance(said, str) else said


class RateLimit(_Section):
    """`limit` requests in `ttl` seconds from one address to one path, where no rule of its own says otherwise.

    `rules` sets the number of a rule by its name (entrypoints/rate_rules.py); `factor` multiplies every one, for load
    tests and for sites that many people reach through one address.
    """

    ttl: int = Field(default=60, ge=1)
    limit: int = Field(default=100, ge=1)
    factor: float = Field(default=1.0, gt=0)
    rules: dict[str, int] = {}

    @property
    def allowed(self) -> int:
        """The default number, the factor counted in."""
        return max(round(self.limit * self.factor), 1)


class Lockout(_Section):
    """After so many wrong passwords an account is locked for `duration` seconds."""

    attempts: int = Field(default=5, ge=1)
    duration: int = Field(default=900, ge=1)


class Security(_Section):
    """`trustedProxies` are networks (10.0.0.0/8) whose word about the client is taken, in `proxyHeader` alone, and
    about https in X-Forwarded-Proto or `proto=`. `hsts` is how many seconds a browser keeps to https; 0: not said.
    `pwned_passwords` is the address of a range API of breached passwords (https://api.pwnedpasswords.com/range), told
    the first five letters of a hash; empty: only the list that is installed is asked. `admins_need_second_factor`
    left out: in production."""

    pwned_passwords: str = ""
    admins_need_second_factor: bool | None = None
    rateLimit: RateLimit = RateLimit()
    lockout: Lockout = Lockout()
    trustedProxies: tuple[IPvAnyNetwork, ...] = ()
    proxyHeader: Literal["x-forwarded-for", "forwarded"] = "x-forwarded-for"
    hsts: int = Field(default=31_536_000, ge=0)


class Mail(_Section):
    """`url` is smtp://user:password@host:587 or smtps://…; empty: messages go into `mail` in data_dir."""

    url: str = ""
    sender: str = "Hospes <no-reply@hospes.example>"


class Twilio(_Section):
    """An account that sends SMS; `sender` is a number (+1…) or a messaging service (MG…). With an `api_key` (SK…),
    `auth_token` is its secret. `api_base` is for tests."""

    account_sid: str = ""
    api_key: str = ""
    auth_token: SecretStr = _NO_SECRET
    sender: str = ""
    api_base: str = ""


class Sms(_Section):
    """Without an account texts go into `sms` in data_dir."""

    twilio: Twilio = Twilio()


class Map(_Section):
    """`tiles` is a tile address with {z}, {x}, {y}; empty: the built-in vector base map."""

    tiles: str = ""
    attribution: str = ""


class Sandbox(_Section):
    """The shipped payment provider; `enabled` left out: on in development, and while it is `payment_provider`."""

    enabled: bool | None = None
    webhook_secret: SecretStr = _NO_SECRET


class Stripe(_Section):
    """Keys of a Stripe account; offered once `api_key` is set. `api_base` is for tests."""

    api_key: SecretStr = _NO_SECRET
    publishable_key: str = ""
    webhook_secret: SecretStr = _NO_SECRET
    connect_webhook_secret: SecretStr = _NO_SECRET
    connect_client_id: str = ""  # accepted, not used: accounts are opened by API
    script: str = "https://js.stripe.com/v3/"  # where the browser fetches Stripe.js
    api_base: str = ""


class Paystack(_Section):
    """Keys of a Paystack account; offered once `secret_key` is set. `api_base` is for tests."""

    secret_key: SecretStr = _NO_SECRET
    public_key: str = ""
    api_base: str = ""


class PayPal(_Section):
    """Keys of a PayPal REST application; offered once both are set. `api_base` is for tests."""

    client_id: str = ""
    client_secret: SecretStr = _NO_SECRET
    webhook_id: str = ""
    mode: Literal["sandbox", "live"] = "sandbox"
    api_base: str = ""


class Payment(_Section):
    """Where payments can be made; a provider without keys is not offered."""

    sandbox: Sandbox = Sandbox()
    stripe: Stripe = Stripe()
    paystack: Paystack = Paystack()
    paypal: PayPal = PayPal()


class Payouts(_Section):
    """What hosts are paid. `commission_bp` of what they get is the platform's, unless a business has its own;
    `minimum` by currency in minor units, `minimum_otherwise` for the rest."""

    commission_bp: int = Field(default=300, ge=0, le=10_000)
    delay_hours: int = Field(default=24, ge=0, le=24 * 60)  # after check-in
    minimum: dict[str, int] = {"NGN": 100_000, "JPY": 500}
    minimum_otherwise: int = Field(default=500, ge=1)
    chargebacks: Literal["host", "platform"] = "host"  # who bears those lost once the service was given


class Hosts(_Section):
    """What hosts must show. `identity_required`: before their first payout, or never; pictures of documents are
    deleted `identity_files_days` after the decision."""

    identity_required: Literal["payout", "never"] = "payout"
    identity_files_days: int = Field(default=30, ge=0, le=3650)


class Fees(_Section):
    """Who the platform is on its invoices to hosts; `tax_bp` of tax is contained in its fees."""

    name: str = "Hospes"
    lines: list[str] = []  # street, town, country, tax number
    footer: str = ""
    tax_name: str = "VAT"
    tax_bp: int = Field(default=0, ge=0, le=10_000)


class Legal(_Section):
    """Addresses of the operator's own terms of use and privacy notice; without them short ones of ours are shown."""

    terms_url: str = ""
    privacy_url: str = ""


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
    ttl: int | None = Field(default=None, ge=60)

    def url(self) -> str:
        """As a connection address."""
        login = f":{quote(self.password, safe='')}@" if self.password else ""
        return f"redis://{login}{self.host}:{self.port}/{self.db}"


class RedisServers(_Section):
    """One server is used for everything: `session`. The others are accepted."""

    session: RedisServer | None = None
    cache: RedisServer | None = None
    rateLimit: RedisServer | None = None


class DatabaseSection(_Section):
    postgres: Postgres = Postgres()
    redis: RedisServers = RedisServers()
    mongodb: dict[str, Any] = {}  # accepted, not used


class Settings(_Section):
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
    payment: Payment = Payment()
    payouts: Payouts = Payouts()
    fees: Fees = Fees()
    legal: Legal = Legal()
    hosts: Hosts = Hosts()
    aws: dict[str, Any] = {}  # accepted, not used

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
