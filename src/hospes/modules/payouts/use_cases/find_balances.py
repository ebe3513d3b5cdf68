"""What a business is owed, and when it is paid."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import host, tax
from hospes.modules.payments import facade as payments
from hospes.modules.payouts import queries
from hospes.modules.payouts.contracts import Earning, HostBalance
from hospes.platform.db import ReadTx


@dataclass(frozen=True, slots=True)
class Standing:
    """What can be paid in a currency now: the earnings, and `left_over` of what is with no booking (minor units)."""

    currency: str
    payable: tuple[Earning, ...]
    left_over: int
    balance: HostBalance


async def find_balances(tx: ReadTx, business_id: UUID, *, now: datetime) -> list[Standing]:
    """By currency, of those in which the business has ever earned something that is due or on its way.

    What a guest still owes something for waits: nobody is paid out what has not come in. Of what was taken back after
    it was paid out nothing waits: it makes smaller what can be paid at once."""
    due = await queries.list_due(tx, business_id)
    owing = await payments.owing_of(tx, [each.booking_id for each in due if each.available_at <= now])
    on_its_way = await queries.open_amounts(tx, business_id)
    found = []
    for currency in sorted({each.currency for each in due} | set(on_its_way)):
        own = [each for each in due if each.currency == currency]
        owed = -await ledger.balance(tx, host(business_id), currency)
        owed -= await ledger.balance(tx, tax(business_id), currency)
        found.append(_standing(own, owing, currency, owed, on_its_way.get(currency, 0), now))
    return found


def _standing(
    due: Sequence[Earning], owing: Collection[UUID], currency: str, owed: int, on_its_way: int, now: datetime
) -> Standing:
    def waits(each: Earning) -> bool:
        return each.available_at > now or each.booking_id in owing

    payable = [each for each in due if each.due < 0 or not (waits(each) or each.held)]
    held = sum(each.due for each in due if each.due > 0 and each.held)
    waiting = [each for each in due if each.due > 0 and not each.held and waits(each)]
    left_over = owed - on_its_way - sum(each.due for each in due)
    return Standing(
        currency,
        tuple(payable),
        left_over,
        HostBalance(
            currency=currency,
            available=sum(each.due for each in payable) + left_over,
            pending=sum(each.due for each in waiting),
            on_hold=held,
            on_its_way=on_its_way,
            next_at=min((each.available_at for each in waiting if each.available_at > now), default=None),
        ),
    )
