"""The sums that must come out once all has come to rest: ours, the ledger's, the bookings' and the vendor's own."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

from hospes.entrypoints.invariants import breaches
from hospes.modules.booking import facade as booking
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus
from hospes.modules.payments.contracts import Payment, Purpose
from tests.proof.money_world import MoneyWorld

OVER = (BookingStatus.EXPIRED, BookingStatus.DECLINED)


async def faults_of(world: MoneyWorld) -> list[str]:
    """What does not add up; empty when all is well."""
    async with world.rt.db.read() as tx:
        found = [f"{name}: {rows}" for name, rows in (await breaches(tx)).items()]
        row = await tx.find("SELECT COALESCE(sum(g.amount), 0) AS amount FROM ledger.posting AS g")
    assert row is not None
    if row["amount"]:
        found.append(f"the ledger is off by {row['amount']}")
    found += [f"not over at {world.clock.at}: {what}, {at}" for what, at in await world.waiting()]
    found += await _against_the_vendor(world)
    found += await _paid_out(world)
    async with world.rt.db.read() as tx:
        rows = await tx.all("SELECT id FROM booking.booking ORDER BY created_at, id")
    for row in rows:
        found += await _about(world, row["id"])
    return [*found, *world.broken]


async def _against_the_vendor(world: MoneyWorld) -> list[str]:
    """The vendor's own books, charge by charge."""
    async with world.rt.db.read() as tx:
        rows = await tx.all(
            "SELECT a.kind, a.amount, a.provider_ref, a.target_ref, p.status AS payment"
            " FROM payments.attempt AS a JOIN payments.payment AS p ON p.id = a.payment_id"
            " WHERE COALESCE(a.provider, p.provider) = 'vendor' AND a.status = 'succeeded'"
        )
    ours: Counter[str] = Counter()
    for row in rows:
        if row["kind"] in ("charge", "capture"):
            ours[row["provider_ref"]] += row["amount"]
        elif row["kind"] == "refund":
            ours[row["target_ref"]] -= row["amount"]
    held = {row["provider_ref"] for row in rows if row["kind"] == "authorise" and row["payment"] == "authorised"}
    found = []
    for charge in world.vendor.every:
        if charge.taken - charge.back != ours[charge.ref]:
            found.append(f"{charge.ref}: the vendor has {charge.taken - charge.back}, we {ours[charge.ref]}")
        if world.vendor.held_by(charge) and charge.ref not in held:
            found.append(f"{charge.ref}: {charge.held} is held and nobody knows")
    return found


async def _paid_out(world: MoneyWorld) -> list[str]:
    """Each payout reached its host once, and nothing else did."""
    async with world.rt.db.read() as tx:
        rows = await tx.all("SELECT id, amount FROM payouts.payout WHERE status = 'paid'")
    ours = Counter({row["id"]: row["amount"] for row in rows})
    theirs: Counter[UUID] = Counter()
    for each in world.vendor.transfers:
        theirs[each.key] += each.amount.amount
    found = [] if ours == theirs else [f"the vendor has paid hosts {theirs}, we {ours}"]
    async with world.rt.db.read() as tx:
        rows = await tx.all(
            "SELECT e.booking_id, e.paid_out, COALESCE(came.amount, 0) AS amount FROM payouts.earning AS e"
            " LEFT JOIN (SELECT p.booking_id, sum(p.captured - p.refunded) AS amount FROM payments.payment AS p"
            "  WHERE p.provider <> 'property' GROUP BY 1) AS came USING (booking_id)"
            " WHERE e.paid_out > COALESCE(came.amount, 0)"
        )
    return found + [f"booking {r['booking_id']}: {r['paid_out']} was paid out, {r['amount']} came in" for r in rows]


async def _about(world: MoneyWorld, booking_id: UUID) -> list[str]:
    """No booking without its money, no money without its booking."""
    async with world.rt.db.read() as tx:
        made = await booking.get_booking(tx, booking_id)
    parts = await world.parts(booking_id)
    price = [each for each in parts if each.purpose is not Purpose.DAMAGE_DEPOSIT]
    net = sum(each.captured - each.refunded for each in price)
    said = f"booking {booking_id} ({made.status}, {made.terms.paying.way})"
    found = []
    if net > made.total.amount:
        found.append(f"{said}: {net} was taken, {made.total.amount} agreed")
    if made.status in OVER and net:
        found.append(f"{said}: {net} was kept without a booking")
    if made.status is BookingStatus.CANCELLED and net != (agreed := await _agreed(world, made, price)):
        found.append(f"{said}: {net} was kept, {agreed} by its terms")
    if made.status is BookingStatus.PENDING_PAYMENT and net:
        found.append(f"{said}: paid {net} and not confirmed")
    return found


async def _agreed(world: MoneyWorld, made: Booking, price: list[Payment]) -> int:
    """What the terms keep of a cancelled booking: as was told when somebody cancelled it, or by the guest's terms when
    the balance was not paid in time."""
    async with world.rt.db.read() as tx:
        step = next(each for each in await booking.history_of(tx, made.id) if each.action is Action.CANCEL)
    if step.actor is not Actor.PAYMENT:
        return world.kept.get(made.id, 0)
    unpaid = sum(each.amount.amount for each in price if each.purpose is Purpose.BALANCE and not each.captured)
    before = replace(made, status=BookingStatus.CONFIRMED)
    refund = booking.preview_cancellation(before, actor=step.actor, unpaid=unpaid, now=step.at)
    return refund.paid - refund.amount
