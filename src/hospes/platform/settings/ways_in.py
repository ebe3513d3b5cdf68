"""Signing in, and what guards it."""

from typing import Any, Literal

from pydantic import Field, IPvAnyNetwork, SecretStr, field_validator

from hospes.platform.settings.base import NO_SECRET, Section


class GoogleSignIn(Section):
    """A web client of Google's; `issuer` differs in tests only."""

    client_id: str = ""
    client_secret: SecretStr = NO_SECRET
    issuer: str = "https://accounts.google.com"


class FacebookSignIn(Section):
    """An app of Facebook's; the addresses carry the version of its API."""

    app_id: str = ""
    app_secret: SecretStr = NO_SECRET
    dialog_url: str = "https://www.facebook.com/v23.0/dialog/oauth"
    graph_url: str = "https://graph.facebook.com/v23.0"


class AppleSignIn(Section):
    """A services id of Apple's, and the key (PEM) that signs its client secrets."""

    client_id: str = ""
    team_id: str = ""
    key_id: str = ""
    private_key: SecretStr = NO_SECRET
    issuer: str = "https://appleid.apple.com"


class OidcSignIn(Section):
    """Any OpenID provider, such as a company's own; `name` is what its button says."""

    name: str = "Single sign-on"
    client_id: str = ""
    client_secret: SecretStr = NO_SECRET
    issuer: str = ""


class OAuth(Section):
    """With whom people may sign in instead of a password; a provider without an id is not offered."""

    google: GoogleSignIn = GoogleSignIn()
    facebook: FacebookSignIn = FacebookSignIn()
    apple: AppleSignIn = AppleSignIn()
    oidc: OidcSignIn = OidcSignIn()


class Auth(Section):
    """Tokens and sessions; lifetimes in seconds. An empty secret is replaced by one kept in data_dir.

    `pii_keys` (`name:secret`, the current one first) seal what is known of people, `pii_index_secret` makes their email
    addresses and numbers comparable; it never changes. Without them, secrets kept in data_dir are used.
    """

    secret: str = ""
    pii_keys: tuple[SecretStr, ...] = ()
    pii_index_secret: SecretStr = NO_SECRET
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


class RateLimit(Section):
    """`limit` requests in `ttl` seconds from one address to one path, where no rule of its own says otherwise.

    `rules` sets the number of a rule by its name (entrypoints/rate_rules.py); `factor` multiplies every one, for load
    tests and for sites that many people reach through one address.
    """

    ttl: int = Field(default=60, ge=1)
    limit: int = Field(default=100, ge=1)
    factor: float = Field(default=1.0, gt=0)
    rules: dict[str, int] = Field(default={})

    @property
    def allowed(self) -> int:
        """The default number, the factor counted in."""
        return max(round(self.limit * self.factor), 1)


class Lockout(Section):
    """After so many wrong passwords an account is locked for `duration` seconds."""

    attempts: int = Field(default=5, ge=1)
    duration: int = Field(default=900, ge=1)


class Security(Section):
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
