"""What identity does by itself, after events and on schedule."""

from datetime import timedelta

from hospes.modules.identity import facade, sessions
from hospes.modules.identity.jobs import forget_expired_tokens
from hospes.modules.identity.subscribers import SUBSCRIBERS
from hospes.modules.identity.use_cases.issue_tokens import issue_tokens
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.identity import a_user
from tests.builders.tokens import some_keys


async def test_a_role_granted_by_another_module_reaches_open_sessions(runtime: Runtime) -> None:
    now = runtime.clock.now()
    async with runtime.db.write() as tx:
        user = await a_user(tx)
    session = await sessions.open_session(runtime.valkey, user, ip_address="", user_agent="", lasts=600, now=now)
    async with runtime.db.write() as tx:
        await facade.grant_role(tx, user.id, "host", now=now)
        row = await tx.find("SELECT type FROM platform.outbox WHERE aggregate_id = %s", (user.id,))
    assert row is not None
    (subscriber,) = [each for each in SUBSCRIBERS if row["type"] in each.types]
    await subscriber.handle(runtime, Event(new_id(), row["type"], user.id, {}, now))
    found = await sessions.find_session(runtime.valkey, session.id, lasts=600, now=now)
    assert found is not None
    assert found.roles == {"guest", "host"}


async def test_only_refresh_tokens_that_have_run_out_are_forgotten(runtime: Runtime) -> None:
    now, auth = runtime.clock.now(), runtime.settings.auth
    async with runtime.db.write() as tx:
        user = await a_user(tx)
        await issue_tokens(tx, user=user, keys=some_keys(), now=now - timedelta(seconds=auth.refresh_ttl + 1))
        await issue_tokens(tx, user=user, keys=some_keys(), now=now)
    await forget_expired_tokens(runtime)
    async with runtime.db.read() as tx:
        rows = await tx.all("SELECT created_at FROM identity.refresh_token")
    assert [row["created_at"] for row in rows] == [now]
