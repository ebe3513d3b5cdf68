"""The platform's own invoices: what it kept of a month's bookings, for each business and currency, by the ledger.

What was invoiced of a booking before is taken off, so that repeating this writes nothing twice, and what changed later
goes into a later invoice or a credit note over the difference.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Booking
from hospes.modules.invoices import events, queries, store
from hospes.modules.invoices.contracts import Address, Content, Document, Kind, Line
from hospes.modules.invoices.policies.wording import address_of_seller, fee_code_of
from hospes.modules.invoices.use_cases.name_parties import seller_of
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import platform
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Fees

FEES = platform("fees")
SETTLES = timedelta(hours=1)  # after a month's end, for what is being posted just then
OVERLAP = timedelta(days=2)


async def issue_fees(rt: Runtime) -> int:
    """Everything due for the months that are over; answers how many documents were written. May be stopped anywhere."""
    made, now = 0, rt.clock.now()
    while True:
        async with rt.db.read() as tx:
            done = await queries.last_month(tx)
            first = _after(done) if done else _month(await ledger.first_posted(tx, FEES) or now)
        if _start(_after(first)) + SETTLES > now:
            return made
        made += await _issue_month(rt, first, now)


async def _issue_month(rt: Runtime, month: date, now: datetime) -> int:
    since, until = _start(month) - OVERLAP, _start(_after(month))
    async with rt.db.read() as tx:
        moved = await ledger.moved_about(tx, FEES, since, until)
        found = {each.id: each for each in await bookings.bookings_by_id(tx, moved)}
    of: dict[UUID, list[Booking]] = defaultdict(list)
    for each in found.values():
        of[each.business_id].append(each)
    made = 0
    for business_id, own in of.items():
        async with rt.db.write() as tx:
            made += await issue_fees_of(tx, business_id, own, month, terms=rt.settings.fees, now=now)
    async with rt.db.write() as tx:
        await store.mark_month(tx, month, now)
    return made


async def issue_fees_of(
    tx: WriteTx, business_id: UUID, own: Sequence[Booking], month: date, *, terms: Fees, now: datetime
) -> int:
    """The documents over what these bookings' fees, up to the month's end, are more or less than was invoiced."""
    await store.lock_fees(tx, business_id)
    ids = [each.id for each in own]
    kept = await ledger.sums_about(tx, FEES, ids, _start(_after(month)))
    before = await queries.invoiced_of(tx, ids)
    groups: dict[tuple[str, UUID | None], dict[UUID, int]] = defaultdict(dict)
    for each in own:
        invoiced, last = before.get(each.id, (0, None))
        amount = -kept.get(each.id, 0) - invoiced
        if amount > 0:
            groups[each.total.currency, None][each.id] = amount
        elif amount < 0 and last is not None:
            groups[each.total.currency, last][each.id] = amount
    named = {each.id: each for each in own}
    for (currency, refers_to), parts in sorted(groups.items(), key=lambda each: (each[0][0], str(each[0][1] or ""))):
        await _issue(tx, business_id, month, currency, refers_to, parts, named, terms=terms, now=now)
    return len(groups)


async def _issue(
    tx: WriteTx,
    business_id: UUID,
    month: date,
    currency: str,
    refers_to: UUID | None,
    parts: Mapping[UUID, int],
    named: Mapping[UUID, Booking],
    *,
    terms: Fees,
    now: datetime,
) -> None:
    kind, total = Kind.CREDIT_NOTE if refers_to else Kind.INVOICE, sum(parts.values())
    told = await queries.find_fee_document(tx, refers_to) if refers_to else None
    tax = total * terms.tax_bp // (10_000 + terms.tax_bp)
    lines = [
        Line("fee", f"Service fee and commission, {named[each].reference}", amount, _when(named[each]), 1, amount)
        for each, amount in sorted(parts.items(), key=lambda item: named[item[0]].reference)
    ]
    if tax:
        lines.append(Line("tax:fees", f"{terms.tax_name}, {terms.tax_bp / 100:g} %", 0, "contained", included=tax))
    number = await store.take_fee_number(tx, kind, now.year)
    document = Document(
        id=new_id(), kind=kind, business_id=business_id, booking_id=business_id, year=now.year, number=number,
        code=fee_code_of(kind, now.year, number), step=1, refers_to=refers_to, about=None, currency=currency,
        net=total - tax, tax=tax, total=total, issued_on=now.astimezone(UTC).date(), issued_at=now,
        content=Content(
            seller=Address(terms.name, tuple(terms.lines)),
            buyer=address_of_seller(await seller_of(tx, business_id)),
            lines=tuple(lines),
            facts=(("Month", f"{month:%B %Y}"), ("Bookings", str(len(parts)))),
            payments=(("Kept from your bookings", -total),) if total > 0 else (),
            refers_to=told.code if told else "",
            reason="Bookings were changed or cancelled after they were invoiced." if refers_to else "",
            footer=terms.footer,
        ),
    )  # fmt: skip
    await store.insert_fee_document(tx, document, month, parts)
    data = {"business_id": str(business_id), "kind": str(kind), "code": document.code, "total": total}
    await publish(tx, events.FEES_INVOICED, document.id, {**data, "currency": currency}, now=now)


def _when(booking: Booking) -> str:
    return f"{booking.terms.property_name}, {booking.arrival:%d %b %Y}"


def _month(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)


def _after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _start(month: date) -> datetime:
    return datetime.combine(month, time(), UTC)
