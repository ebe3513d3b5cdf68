"""What a booking earns waits while its payer's bank has the money in doubt; a lost chargeback is borne by somebody."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking.contracts import Booking
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Line, host, platform
from hospes.modules.payouts import store
from hospes.modules.payouts.policies.bearing import bears_chargeback
from hospes.modules.payouts.use_cases.hold_money import place_hold
from hospes.platform.db import WriteTx
from hospes.platform.money import Money
from hospes.platform.settings import Payouts

DISPUTE = "dispute"


async def open_dispute(tx: WriteTx, booking: Booking, *, reason: str, now: datetime) -> None:
    """Keep the booking's money back; repeating it changes nothing."""
    why = f": {reason.replace('_', ' ')}" if reason else ""
    said = f"The guest's bank disputes the payment{why}."
    await place_hold(
        tx,
        business_id=booking.business_id,
        booking_id=booking.id,
        kind=DISPUTE,
        reason=said,
        user_id=None,
        now=now,
    )


async def close_dispute(tx: WriteTx, booking: Booking, *, now: datetime) -> None:
    """Let the booking's money go."""
    await store.release_holds(tx, booking.business_id, booking.id, DISPUTE, now=now)


async def charge_back(
    tx: WriteTx, booking: Booking, dispute_id: UUID, amount: Money, *, terms: Payouts, now: datetime
) -> None:
    """The platform has lost the money already; it is the host's loss where the service was given. Once a dispute."""
    if bears_chargeback(terms.chargebacks, booking.status) == "platform":
        return
    await ledger.post(
        tx,
        key=f"chargeback:{dispute_id}",
        kind="chargeback",
        about=booking.id,
        lines=(
            Line(host(booking.business_id), amount.amount),
            Line(platform("chargebacks"), -amount.amount),
        ),
        currency=amount.currency,
        note=booking.reference,
        now=now,
    )
