"""Keys that sign access tokens: made once, published before their turn, gone after it; and the race for a refresh."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from hospes.modules.identity import facade, tokens
from hospes.modules.identity.following import new_token_keys
from hospes.modules.identity.jobs import keep_keys
from hospes.modules.identity.use_cases.issue_tokens import issue_tokens
from hospes.modules.identity.use_cases.keep_token_keys import keep_token_keys
from hospes.platform.runtime import Ports, Runtime
from hospes.platform.tail import EventTail
from tests.builders.identity import a_user


async def test_of_processes_that_start_together_one_makes_the_first_key(runtime: Runtime) -> None:
    async def start() -> list[tokens.TokenKey]:
        async with runtime.db.write() as tx:
            return await keep_token_keys(tx, auth=runtime.settings.auth, now=runtime.clock.now())

    made = await asyncio.gather(*(start() for _ in range(5)))
    assert len({keys[0].key.kid for keys in made}) == 1
    assert [len(keys) for keys in made] == [1] * 5


async def test_the_private_half_lies_sealed(runtime: Runtime) -> None:
    await facade.open_token_keys(runtime)
    key = runtime.ports.token_keys.signer(runtime.clock.now()).key
    async with runtime.db.read() as tx:
        row = await tx.find("SELECT public_jwk, sealed_private FROM identity.token_key")
    assert row is not None
    assert set(row["public_jwk"]) == {"kty", "crv", "x", "y", "kid"}
    assert key.as_dict(private=True)["d"].encode() not in row["sealed_private"]


async def test_the_next_key_is_known_everywhere_before_its_turn_and_the_old_one_goes_after_it(runtime: Runtime) -> None:
    begun, lasts = runtime.clock.now(), timedelta(seconds=runtime.settings.auth.key_lasts)
    other = replace(runtime, ports=Ports(EventTail(runtime.db), token_keys=new_token_keys(runtime.settings)))
    await facade.open_token_keys(runtime)
    await other.ports.tail.mark()
    await facade.open_token_keys(other)
    first = other.ports.token_keys.signer(begun).key.kid
    runtime.clock.at = begun + lasts - timedelta(hours=2)  # type: ignore[attr-defined]
    await keep_keys(runtime)
    await other.ports.tail.poll()
    published = other.ports.token_keys.published(runtime.clock.now())
    assert published[0]["kid"] == first
    assert len(published) == 2
    assert other.ports.token_keys.signer(runtime.clock.now()).key.kid == first
    assert other.ports.token_keys.signer(begun + lasts).key.kid == published[1]["kid"]
    runtime.clock.at = begun + lasts + timedelta(minutes=16)  # type: ignore[attr-defined]
    await keep_keys(runtime)
    await other.ports.tail.poll()
    assert [each["kid"] for each in other.ports.token_keys.published(runtime.clock.now())] == [published[1]["kid"]]


async def test_the_control_without_the_lock_two_refreshes_would_both_see_an_unused_token(runtime: Runtime) -> None:
    await facade.open_token_keys(runtime)
    async with runtime.db.write() as tx:
        user = await a_user(tx)
        given = await issue_tokens(tx, user=user, keys=runtime.ports.token_keys, now=runtime.clock.now())
    look = "SELECT used_at FROM identity.refresh_token WHERE token_hash = %s"
    mark = tokens.refresh_token_hash(given.refresh)
    async with runtime.db.write() as one, runtime.db.write() as two:
        assert [await tx.find(look, (mark,)) for tx in (one, two)] == [{"used_at": None}] * 2
