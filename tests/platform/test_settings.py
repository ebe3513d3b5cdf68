"""Settings come from the file, are overridden by the environment, and are refused by name."""

from pathlib import Path

import pytest

from hospes.platform.settings import SettingsError, kept_secret, load_settings, with_secrets

LONGER_SHAPE = """
database:
  postgres:
    rw: {host: db.internal, port: 5433, user: app, password: "p@ss/word", database: stay_db, max_pool_size: 7}
    ro: {host: replica.internal, user: reader, database: stay_db, max_pool_size: 50}
  mongodb: {uri: "mongodb://localhost:27017"}
  redis:
    session: {host: cache.internal, port: 6380, db: 2, ttl: 604800}
    rateLimit: {host: cache.internal, db: 3}
auth:
  session: {secret: not-so-secret, ttl: 3600}
security:
  rateLimit: {ttl: 30, limit: 100}
  lockout: {attempts: 3, duration: 60}
aws: {region: us-east-1}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "config.yml"
    path.write_text(text)
    return path


def test_without_anything_said_the_embedded_servers_are_used(tmp_path: Path) -> None:
    settings = load_settings(environ={}, data_dir=tmp_path)
    assert (settings.database_url, settings.redis_url) == ("", "")
    assert settings.media_url == (tmp_path / "media").as_uri()


def test_the_longer_shape_is_translated(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, LONGER_SHAPE), {})
    assert settings.database_url == "postgresql://app:p%40ss%2Fword@db.internal:5433/stay_db"
    assert settings.read_database_url == "postgresql://reader@replica.internal:5432/stay_db"
    assert settings.redis_url == "redis://cache.internal:6380/2"
    assert settings.pool_size == 7
    assert (settings.auth.secret, settings.auth.session_ttl) == ("not-so-secret", 3600)
    assert (settings.security.rateLimit.limit, settings.security.lockout.attempts) == (100, 3)


def test_the_sender_of_the_longer_shape_is_taken_unless_another_is_given(tmp_path: Path) -> None:
    ses = "aws:\n  ses:\n    from_email: noreply@stay.example\n"
    assert load_settings(written(tmp_path, ses), {}).mail.sender == "noreply@stay.example"
    both = f"{ses}mail:\n  sender: Stay <hello@stay.example>\n"
    assert load_settings(written(tmp_path, both), {}).mail.sender == "Stay <hello@stay.example>"


def test_the_environment_wins(tmp_path: Path) -> None:
    environ = {
        "DATABASE_URL": "postgresql://other/db",
        "HOSPES_PORT": "9000",
        "HOSPES_SECURITY__RATELIMIT__LIMIT": "7",
        "HOSPES_MODULES": "identity, search",
        "HOSPES_SECURITY__TRUSTEDPROXIES": "10.0.0.0/8, 2001:db8::/32, 192.0.2.7",
        "UNRELATED": "x",
    }
    settings = load_settings(written(tmp_path, LONGER_SHAPE), environ)
    assert settings.database_url == "postgresql://other/db"
    assert settings.port == 9000
    assert (settings.security.rateLimit.limit, settings.security.rateLimit.ttl) == (7, 30)
    assert settings.modules == ("identity", "search")
    assert [str(each) for each in settings.security.trustedProxies] == ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7/32"]


@pytest.mark.parametrize(
    ("text", "environ", "named"),
    [
        ("port: many", {}, "port: Input should be a valid integer"),
        ("prot: 80", {}, "prot: there is no such setting"),
        ("security: {lockout: {attempts: 0}}", {}, "security.lockout.attempts: "),
        ("security: {trustedProxies: [10.0.0.1/8]}", {}, "security.trustedProxies.0: "),
        ("security: {proxyHeader: x-real-ip}", {}, "security.proxyHeader: "),
        ("database: {postgres: {rw: {prt: 1}}}", {}, "database.postgres.rw.prt: there is no such setting"),
        ("a: [", {}, "is not YAML"),
        ("", {"HOSPES_LOG_LEVEL": "loud"}, "log_level: "),
        ("", {"HOSPES_NONSENSE": "1"}, "HOSPES_NONSENSE: there is no such setting"),
        ("", {"DATABASE_URL": "mysql://x"}, "database_url (DATABASE_URL): must start with postgresql://"),
        ("environment: production\nauth: {secret: short}", {}, "auth.secret: needs at least 32 characters"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(written(tmp_path, text), environ)
    assert named in str(refused.value)


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no settings file"):
        load_settings(environ={"HOSPES_CONFIG": str(tmp_path / "no.yml")})


def test_secrets_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first = with_secrets(load_settings(environ={}, data_dir=tmp_path))
    second = with_secrets(load_settings(environ={}, data_dir=tmp_path))
    assert len(first.auth.secret) >= 48
    assert first.auth.secret == second.auth.secret
    assert kept_secret(tmp_path, "other") != first.auth.secret
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
