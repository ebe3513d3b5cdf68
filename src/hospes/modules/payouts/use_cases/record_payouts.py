"""Write down what a business is to be paid now; it is sent afterwards."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payouts import events, queries, store
from hospes.modules.payouts.contracts import AccountStatus, Payout, PayoutAccount, PayoutStatus
from hospes.modules.payouts.use_cases.find_balances import Standing, find_balances
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from hospes.platform.outbox import publish
from hospes.platform.settings import Payouts


async def record_payouts(tx: WriteTx, business_id: UUID, *, terms: Payouts, now: datetime) -> list[UUID]:
    """A payout for each currency in which enough is available; none while one is under way, the account is not enabled
    or the business is on hold. The account stays locked until the commit, so that two runs pay once."""
    account = await store.lock_account(tx, business_id)
    if account is None or account.status is not AccountStatus.ENABLED or account.ref is None:
        return []
    if any(hold.booking_id is None for hold in await queries.list_holds(tx, business_id)):
        return []
    made = []
    for standing in await find_balances(tx, business_id, now=now):
        least = terms.minimum.get(standing.currency, terms.minimum_otherwise)
        if standing.balance.on_its_way == 0 and standing.balance.available >= least:
            made += await _record(tx, account, standing, now)
    return made


async def _record(tx: WriteTx, account: PayoutAccount, standing: Standing, now: datetime) -> list[UUID]:
    assert account.ref is not None
    lines: list[tuple[UUID | None, int, int]] = [
        (each.booking_id, each.due, each.taxes - each.taxes_out) for each in standing.payable
    ]
    if standing.left_over:
        lines.append((None, standing.left_over, 0))
    payout = Payout(
        id=new_id(),
        business_id=account.business_id,
        amount=Money(standing.balance.available, standing.currency),
        taxes=sum(taxes for _, _, taxes in lines),
        provider=account.provider,
        account_ref=account.ref,
        status=PayoutStatus.RECORDED,
        provider_ref=None,
        reason=None,
        tries=0,
        next_try_at=now,
        created_at=now,
        updated_at=now,
        paid_at=None,
    )
    if not await store.insert_payout(tx, payout):
        return []
    await store.insert_lines(tx, payout.id, lines)
    await publish(tx, events.PAYOUT_RECORDED, payout.id, payout_data(payout), now=now)
    return [payout.id]


def payout_data(payout: Payout, **more: str | None) -> dict[str, str | int | None]:
    """The data of `payout.*`."""
    return {
        "payout_id": str(payout.id),
        "business_id": str(payout.business_id),
        "amount": payout.amount.amount,
        "currency": payout.amount.currency,
        **more,
    }
