"""What every way of signing in an API client shares."""

import hashlib

from fastapi import Request, Response

from hospes.modules.identity import pending, throttle
from hospes.modules.identity.contracts import SecondFactorNeeded, User
from hospes.modules.identity.errors import SecondStepNeeded
from hospes.modules.identity.following import keys_of
from hospes.modules.identity.policies.devices import device_name, network_of
from hospes.modules.identity.schemas.signing_in import SignedInOut
from hospes.modules.identity.use_cases.issue_tokens import issue_tokens
from hospes.modules.identity.use_cases.meet_device import meet_device
from hospes.modules.identity.use_cases.take_second_step import begin_second_step
from hospes.platform.addresses import client_address
from hospes.platform.runtime import Runtime, runtime

BY_API = "api"


async def counted(request: Request, response: Response) -> Runtime:
    """The runtime, for one more attempt of this address; an answer with tokens is kept by no cache (RFC 6749 §5.1)."""
    response.headers["Cache-Control"] = "no-store"
    rt = runtime(request)
    await throttle.count_request(rt.valkey, rt.settings.security.rateLimit, client_address(request), now=rt.clock.now())
    return rt


async def second_step_needed(rt: Runtime, outcome: SecondFactorNeeded) -> SecondStepNeeded:
    """The refusal that carries the challenge of the second step."""
    challenge = await begin_second_step(rt.db, rt.valkey, user_id=outcome.user_id, by=BY_API)
    return SecondStepNeeded(
        "The password was right. Now take the second step.",
        challenge=challenge,
        methods=list(outcome.methods),
        expires_in=pending.LASTS,
    )


async def sign_in_client(request: Request, rt: Runtime, user: User) -> SignedInOut:
    """Tokens for a client; the person is told when they never used such a client from such a network."""
    agent, place = request.headers.get("user-agent", ""), network_of(client_address(request))
    now = rt.clock.now()
    async with rt.db.write() as tx:
        await meet_device(
            tx,
            user_id=user.id,
            token_hash=hashlib.sha256(f"client:{agent}:{place}".encode()).digest(),
            name=device_name(agent),
            place=place,
            now=now,
        )
        tokens = await issue_tokens(tx, user=user, keys=keys_of(rt), now=now, user_agent=agent, place=place)
    return SignedInOut.of(user, tokens)
