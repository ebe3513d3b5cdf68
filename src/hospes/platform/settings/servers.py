"""The operator's own database and Valkey servers, in the shape of `config.yml`."""

from typing import Any
from urllib.parse import quote

from pydantic import Field

from hospes.platform.settings.base import Section


class PostgresServer(Section):
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


class Postgres(Section):
    """Where rows are written, and where they are read (the same place unless given)."""

    rw: PostgresServer | None = None
    ro: PostgresServer | None = None


class RedisServer(Section):
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


class RedisServers(Section):
    """One server is used for everything: `session`. The others are accepted."""

    session: RedisServer | None = None
    cache: RedisServer | None = None
    rateLimit: RedisServer | None = None


class DatabaseSection(Section):
    postgres: Postgres = Postgres()
    redis: RedisServers = RedisServers()
    mongodb: dict[str, Any] = Field(default={})  # accepted, not used
