"""Bookings of the demo world as rows: confirmed, paid in the sandbox, with what was agreed frozen as the product does it."""

from datetime import date, datetime, timedelta
from uuid import UUID

import orjson

from hospes.entrypoints.demo.maker import Maker, Sold
from hospes.entrypoints.demo.rows import World
from hospes.modules.booking.contracts import Item, Mode, Party, Price, Terms
from hospes.modules.booking.policies.cancellation import freeze_terms
from hospes.modules.booking.policies.frozen import terms_json
from hospes.modules.booking.policies.references import ALPHABET
from hospes.modules.inventory.contracts import Ask, DepartureAsk

CARD = '{"brand": "Visa", "last4": "4242", "token": "tok_demo"}'


def write_booking(
    maker: Maker, world: World, sold: Sold, ask: Ask, price: Price, party: Party, days: tuple[date, date],
    span: tuple[datetime, datetime], *, booking_id: UUID, claim_id: UUID,
) -> None:  # fmt: skip
    """Confirmed some days ago by one of the demo world's guests; `days` are the local ones of `span`, an instant each."""
    random, spot = maker.random, sold.spot
    guest, at = random.choice(maker.guests), maker.now - timedelta(hours=random.randint(20, 400))
    reference = "".join(random.choices(ALPHABET, k=10))
    timed = not isinstance(ask, DepartureAsk)
    mode = Mode.TIMED if timed else Mode.DEPARTURE
    quantity = 1 if timed else ask.quantity
    terms = Terms(
        price=price,
        cancellation=freeze_terms(spot.policy, span[0], now=at, mode=mode),
        property_name=spot.name,
        resource_name=sold.name,
        city=spot.city.name,
        country=spot.city.country,
        zone=spot.city.zone,
        check_in_from=spot.check_in_from,
        check_out_until=spot.check_out_until,
        house_rules=spot.house_rules,
        instant=True,
        pooled=sold.pooled,
        mode=mode,
        items=(Item(sold.id, sold.name, quantity, (ask,)),),
    )
    world.booking.append(
        (booking_id, f"HSP-{reference[:5]}-{reference[5:]}", guest, spot.business_id, spot.id, "confirmed", *days, *span,
         party.adults, party.children, price.currency, price.total, orjson.dumps(terms_json(terms)).decode(), "", at, at,
         str(mode))
    )  # fmt: skip
    world.item.append((maker.id(), booking_id, sold.id, claim_id, quantity))
    world.history += [
        (maker.id(), booking_id, at, "guest", guest, "create", None, "pending_payment"),
        (maker.id(), booking_id, at, "payment", None, "pay", "pending_payment", "confirmed"),
    ]
    _pay(maker, world, booking_id, guest, price, at)


def _pay(maker: Maker, world: World, booking_id: UUID, guest: UUID, price: Price, at: datetime) -> None:
    payment, attempt, total = maker.id(), maker.id(), price.total
    charge = f"ch_demo_{attempt.hex}"
    world.payment.append((payment, booking_id, guest, "sandbox", price.currency, total, total, "succeeded", at, at))
    world.attempt.append((attempt, payment, "charge", total, CARD, "succeeded", charge, 1, at, at))
    world.charge.append((charge, str(attempt), "tok_demo", total, price.currency, "succeeded", at))
    world.journal.append(
        (f"payment:{attempt}", "captured", booking_id, price.currency, "", at, ["provider", "guest"],
         ["sandbox", str(guest)], [total, -total])
    )  # fmt: skip
