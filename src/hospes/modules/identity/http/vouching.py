"""Signing in with an account elsewhere, for apps; and the person's linked accounts."""

import structlog
from fastapi import APIRouter, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.contracts import SecondFactorNeeded, User
from hospes.modules.identity.errors import EmailTaken, ProviderAway, ProviderNotFound, ProviderRefused
from hospes.modules.identity.http.entering import counted, second_step_needed, sign_in_client
from hospes.modules.identity.policies.forms import Application, check_application
from hospes.modules.identity.providers.port import ProviderSilent, SignInProvider, Vouched, VouchingRefused
from hospes.modules.identity.queries import linked_accounts as links
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.schemas.signing_in import SignedInOut
from hospes.modules.identity.schemas.vouching import IdTokenIn, LinkedAccountOut, ProviderOut
from hospes.modules.identity.use_cases.recognise import recognise
from hospes.modules.identity.use_cases.register_vouched import register_vouched
from hospes.modules.identity.use_cases.unlink_account import unlink_account
from hospes.platform.addresses import client_address
from hospes.platform.caller import require_caller
from hospes.platform.runtime import Runtime, runtime

router = APIRouter()
log = structlog.get_logger(__name__)


@router.get("/auth/providers")
async def list_providers(request: Request) -> list[ProviderOut]:
    """With which accounts elsewhere people can sign in; browsers go to `/login/with/{name}`."""
    return [ProviderOut(name=each.name, label=each.label) for each in _providers(runtime(request))]


@router.post("/auth/providers/{provider}/id-token")
async def sign_in_with_id_token(request: Request, response: Response, provider: str, body: IdTokenIn) -> SignedInOut:
    """Sign in, or register, by an ID token that this app was given (`aud` is our client id) for `nonce`.

    A new account needs what registration needs; 409 `email_taken`: sign in with the password and link it on the site.
    """
    rt = await counted(request, response)
    chosen: SignInProvider | None = rt.ports.sign_in_providers.get(provider)
    if chosen is None:
        raise ProviderNotFound
    now = rt.clock.now()
    try:
        vouched = await chosen.read(body.id_token, body.nonce, now=now)
    except VouchingRefused as fault:
        log.warning("sign_in_not_vouched", provider=provider, reason=fault.reason)
        raise ProviderRefused("This ID token is not good here.") from fault
    except ProviderSilent as fault:
        log.warning("sign_in_provider_silent", provider=provider, reason=str(fault))
        raise ProviderAway from fault
    async with rt.db.write() as tx:
        known = await recognise(tx, vouched=vouched, now=now)
        has = await factors.factors_of(tx, known.user.id) if known.user else None
    if known.user is not None and has is not None and has.any:
        raise await second_step_needed(rt, SecondFactorNeeded(known.user.id, tuple(map(str, has.ways))))
    if known.same_email is not None:
        raise EmailTaken("There is an account with this email address. Sign in with its password, then link this one.")
    return await sign_in_client(request, rt, known.user or await _register(request, rt, body, vouched))


@router.get("/users/me/linked-accounts")
async def list_linked(request: Request) -> list[LinkedAccountOut]:
    """The accounts elsewhere with which the person signs in, the oldest first."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await links.list_links(tx, caller.user_id)
    return [
        LinkedAccountOut(provider=each.provider, linked_at=each.linked_at, last_used_at=each.last_used_at)
        for each in found
    ]


@router.delete("/users/me/linked-accounts/{provider}", status_code=204)
async def unlink(request: Request, provider: str) -> Response:
    """The provider no longer signs the person in; 409 `last_way_in` when nothing else would."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        await unlink_account(tx, user_id=caller.user_id, provider=provider, now=rt.clock.now())
    return Response(status_code=204)


async def _register(request: Request, rt: Runtime, body: IdTokenIn, vouched: Vouched) -> User:
    now = rt.clock.now()
    application = Application(
        email=vouched.email if vouched.email_verified else body.email or vouched.email,
        password="",
        first_name=body.first_name or vouched.first_name,
        last_name=body.last_name or vouched.last_name,
        phone=body.phone or "",
        date_of_birth=body.date_of_birth or "",
        language=body.language or "en",
    )
    applicant = check_application(application, today=now.date(), with_password=False)
    async with rt.db.write() as tx:
        return await register_vouched(
            tx, vouched=vouched, applicant=applicant, origin=facade.origin_of(rt, client_address(request)), now=now
        )


def _providers(rt: Runtime) -> list[SignInProvider]:
    return list(rt.ports.sign_in_providers.values())
