"""A few bookings of the demo guest with the demo host, made as everybody makes them: through the use cases."""

from datetime import date, timedelta
from uuid import UUID

from hospes.entrypoints.wiring import open_runtime
from hospes.modules.booking.use_cases.create_booking import book_stay
from hospes.modules.catalog import facade as catalog
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import CardForm
from hospes.modules.pricing.contracts import Party
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings

CARD = "4242424242424242"


async def book_some(settings: Settings, people: dict[str, UUID]) -> None:
    """One stay in each of the host's places; those that are bookable at once are paid by the worker when it starts."""
    async with open_runtime(settings) as rt:
        today = rt.clock.now().date()
        async with rt.db.read() as tx:
            business = await catalog.business_of(tx, people["host"])
            assert business is not None
            mine = await catalog.resources_of_business(tx, business.id)
        for place, resource in enumerate(mine):
            arrival = today + timedelta(days=9 + 11 * place)
            await _book(rt, people["guest"], resource.resource_id, arrival, arrival + timedelta(days=3))


async def _book(rt: Runtime, guest: UUID, resource_id: UUID, arrival: date, departure: date) -> None:
    now = rt.clock.now()
    async with rt.db.write() as tx:
        if not (await catalog.get_sellable(tx, resource_id)).live:
            return
        booking = await book_stay(
            tx,
            guest_id=guest,
            resource_id=resource_id,
            arrival=arrival,
            departure=departure,
            party=Party(1),
            message="Looking forward to it. We arrive by train in the late afternoon.",
            provider=rt.settings.payment_provider,
            now=now,
        )
        payment = await payments.payment_of(tx, booking.id) if booking.status == "pending_payment" else None
    if payment is not None:
        card = CardForm(number=CARD, expiry=f"12/{(now.year + 3) % 100:02}", cvc="123", name="Greta Lindqvist")
        method = await payments.tokenise_card(rt, payment.provider, card)
        async with rt.db.write() as tx:
            await payments.start_charge(tx, payment.id, method, now=now)
