"""Where a business is paid to: asked for here, opened at the provider, finished there by its owner."""

from datetime import timedelta
from uuid import UUID

from hospes.modules.payments.facade import pay_out
from hospes.modules.payouts import events, queries, store
from hospes.modules.payouts.contracts import AccountStatus, PayoutAccount
from hospes.modules.payouts.errors import AccountRefused, PayoutsUnavailable
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish
from hospes.platform.runtime import Runtime

LOOK_EVERY = timedelta(minutes=2)


class ProviderSilent(Exception):
    """The provider does not say how the account stands."""


async def open_account(
    rt: Runtime, *, business_id: UUID, name: str, email: str, country: str, details: dict[str, str]
) -> PayoutAccount:
    """The account, opened or found; `url` is where its owner goes on. The caller has checked whose business it is.

    Recorded first, so that what a crash leaves is opened with the same key. Raises `PayoutsUnavailable`,
    `AccountRefused` with the provider's reason."""
    offered = pay_out.payout_provider(rt)
    if offered is None:
        raise PayoutsUnavailable("Payouts are not set up on this site yet.")
    fresh = PayoutAccount(
        business_id=business_id,
        id=new_id(),
        provider=offered[0],
        email=email,
        country=country,
        details=details,
        ref=None,
        status=AccountStatus.OPENING,
        due=(),
        url="",
        checked_at=None,
        created_at=rt.clock.now(),
    )
    async with rt.db.write() as tx:
        known = await store.lock_account(tx, business_id)
        if known is None or known.ref is None:
            await store.insert_account(tx, fresh)
            known = fresh
    return await refresh_account(rt, known, name=name) if known.ref else await _open(rt, known, name)


async def refresh_account(rt: Runtime, account: PayoutAccount, *, name: str = "") -> PayoutAccount:
    """The account as the provider sees it now; as it was when the provider does not answer."""
    if account.ref is None:
        return await _open(rt, account, name)
    state = await pay_out.payout_account_state(rt, account.provider, account.ref)
    if state is None:
        return account
    status = AccountStatus.ENABLED if state.payouts_enabled else AccountStatus.DUE
    return await _note(rt, account, account.ref, status, state.due, state.url)


async def refresh_changed_account(rt: Runtime, provider: str, ref: str) -> PayoutAccount | None:
    """The account that the provider calls this, as it sees it now; None for one that is not of ours. Raises
    `ProviderSilent`."""
    async with rt.db.read() as tx:
        account = await queries.find_account_of_provider(tx, provider, ref)
    if account is None or account.ref is None:
        return None
    state = await pay_out.payout_account_state(rt, provider, ref)
    if state is None:
        raise ProviderSilent(provider)
    status = AccountStatus.ENABLED if state.payouts_enabled else AccountStatus.DUE
    return await _note(rt, account, ref, status, state.due, state.url)


async def check_accounts(rt: Runtime) -> None:
    """Look at those that wait, should nobody tell us."""
    now = rt.clock.now()
    async with rt.db.read() as tx:
        found = await queries.accounts_to_check(tx, before=now - LOOK_EVERY, limit=50)
    for account in found:
        try:
            await refresh_account(rt, account)
        except AccountRefused:
            continue  # its owner sees why on the page, and tries again


async def _open(rt: Runtime, account: PayoutAccount, name: str) -> PayoutAccount:
    page = f"{rt.settings.public_url.rstrip('/')}/host/{account.business_id}/payouts"
    try:
        ref, url = await pay_out.open_payout_account(
            rt,
            account.provider,
            key=account.id,
            business_id=account.business_id,
            email=account.email,
            country=account.country,
            page=page,
            name=name,
            details=account.details,
        )
    except pay_out.AccountNotOpened as fault:
        raise AccountRefused(str(fault)) from fault
    status = AccountStatus.DUE
    opened = await _note(rt, account, ref, status, (), url)
    state = await pay_out.payout_account_state(rt, account.provider, ref)
    if state is None:
        return opened
    status = AccountStatus.ENABLED if state.payouts_enabled else AccountStatus.DUE
    return await _note(rt, opened, ref, status, state.due, state.url or url)


async def _note(
    rt: Runtime, account: PayoutAccount, ref: str, status: AccountStatus, due: tuple[str, ...], url: str
) -> PayoutAccount:
    now = rt.clock.now()
    async with rt.db.write() as tx:
        moved = await store.set_account(tx, account.business_id, ref=ref, status=status, due=due, url=url, now=now)
        if moved:
            await _tell(tx, account, status, rt)
        seen = await queries.find_account(tx, account.business_id)
    assert seen is not None
    return seen


async def _tell(tx: WriteTx, account: PayoutAccount, status: AccountStatus, rt: Runtime) -> None:
    fact = events.ACCOUNT_ENABLED if status is AccountStatus.ENABLED else events.ACCOUNT_DUE
    now = rt.clock.now()
    if status is AccountStatus.ENABLED:
        await store.release_holds(tx, account.business_id, None, "transfer_refused", now=now)
    await publish(tx, fact, account.business_id, {"business_id": str(account.business_id)}, now=now)
