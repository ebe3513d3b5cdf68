"""How answers are written: plain dicts in the shape of answers.py."""

from datetime import datetime
from math import ceil
from typing import Any

from hospes.modules.booking import states
from hospes.modules.booking.contracts import (
    Actor,
    Block,
    Booking,
    CancellationTerms,
    HistoryEntry,
    Hold,
    Party,
    Price,
    Quote,
    Refund,
    Terms,
)
from hospes.modules.inventory.contracts import NightState
from hospes.platform.money import Money


def price_out(price: Price) -> dict[str, Any]:
    """`PriceOut`."""
    currency = price.currency
    return {
        "total": _money(price.total, currency),
        "lines": [
            {
                "code": line.code,
                "label": line.label,
                "detail": line.detail,
                "quantity": line.quantity,
                "unit_amount": _money(line.unit_amount, currency),
                "amount": _money(line.amount, currency),
                "included": _money(line.included, currency),
                "kind": line.kind,
                "borne_by": line.borne_by,
            }
            for line in price.lines
        ],
        "nights": [{"night": night, "amount": _money(amount, currency)} for night, amount in price.nights],
    }


def cancellation_out(terms: CancellationTerms) -> dict[str, Any]:
    """`CancellationOut`."""
    return {
        "policy": terms.policy,
        "tiers": [{"hours_before": each.hours_before, "refund_percent": each.refund_bp / 100} for each in terms.tiers],
        "free_until": terms.free_until,
        "text": list(terms.text),
    }


def shown_out(terms: Terms) -> dict[str, Any] | None:
    """`ShownOut`, or None when no other currency was asked for, or there was no rate."""
    shown = terms.shown
    if shown is None:
        return None
    total = shown.of(Money(terms.price.total, terms.price.currency))
    return {"total": total.as_json(), "rate": str(shown.rate), "source": shown.source, "on": shown.on}


def quote_out(quote: Quote) -> dict[str, Any]:
    """`QuoteOut`."""
    return {
        "resource_id": quote.resource_id,
        **_what(quote.terms),
        "arrival": quote.arrival,
        "departure": quote.departure,
        "nights": (quote.departure - quote.arrival).days,
        "party": party_out(quote.party),
        "available": quote.available,
        "instant": quote.terms.instant,
        "check_in_at": quote.check_in_at,
        "check_out_at": quote.check_out_at,
        "price": price_out(quote.price),
        "shown": shown_out(quote.terms),
        "cancellation": cancellation_out(quote.cancellation),
    }


def hold_out(hold: Hold, now: datetime) -> dict[str, Any]:
    """`HoldOut`."""
    live = hold.live(now)
    return {
        "id": hold.id,
        "status": hold.status,
        "expires_at": hold.expires_at,
        "seconds_left": ceil((hold.expires_at - now).total_seconds()) if live else 0,
        "renewable": live and not hold.renewed,
        "quote": quote_out(hold.quote),
    }


def booking_out(booking: Booking, actor: Actor) -> dict[str, Any]:
    """`BookingOut`."""
    terms = booking.terms
    return {
        "id": booking.id,
        "reference": booking.reference,
        "status": booking.status,
        "guest_id": booking.guest_id,
        "business_id": booking.business_id,
        "property_id": booking.property_id,
        "resource_id": booking.resource_id,
        "property_name": terms.property_name,
        "resource_name": terms.resource_name,
        "city": terms.city,
        "country": terms.country,
        "zone": terms.zone,
        "arrival": booking.arrival,
        "departure": booking.departure,
        "nights": booking.nights,
        "check_in_at": booking.check_in_at,
        "check_out_at": booking.check_out_at,
        **_what(terms),
        "party": party_out(booking.party),
        "total": booking.total.as_json(),
        "price": price_out(terms.price),
        "shown": shown_out(terms),
        "cancellation": cancellation_out(terms.cancellation),
        "house_rules": terms.house_rules,
        "message": booking.message,
        "decide_by": booking.decide_by,
        "series_id": booking.series_id,
        "created_at": booking.created_at,
        "updated_at": booking.updated_at,
        "version": booking.version,
        "actions": sorted(states.allowed(booking.status, actor)),
    }


def history_out(entry: HistoryEntry) -> dict[str, Any]:
    """`HistoryEntryOut`."""
    return {
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "from_status": entry.from_status,
        "to_status": entry.to_status,
        "note": entry.note,
        "data": entry.data,
    }


def refund_out(refund: Refund) -> dict[str, Any]:
    """`RefundOut`."""
    return {
        "paid": _money(refund.paid, refund.currency),
        "amount": _money(refund.amount, refund.currency),
        "credit": _money(refund.credit, refund.currency),
        "reason": refund.reason,
        "lines": [
            {
                "code": line.code,
                "label": line.label,
                "paid": _money(line.paid, refund.currency),
                "refund": _money(line.refund, refund.currency),
                "detail": line.detail,
            }
            for line in refund.lines
        ],
    }


def night_out(state: NightState) -> dict[str, Any]:
    """`NightStateOut`."""
    return {
        "night": state.night,
        "available": state.available,
        "capacity": state.capacity,
        "blocked": state.blocked,
    }


def block_out(block: Block) -> dict[str, Any]:
    """`BlockOut`."""
    return {
        "id": block.id,
        "resource_id": block.resource_id,
        "arrival": block.arrival,
        "departure": block.departure,
        "note": block.note,
    }


def _what(terms: Terms) -> dict[str, Any]:
    return {
        "mode": terms.mode,
        "items": [
            {"resource_id": each.resource_id, "resource_name": each.resource_name, "quantity": each.quantity}
            for each in terms.items
        ],
        "plan_name": terms.plan_name,
    }


def _money(amount: int, currency: str) -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def party_out(party: Party) -> dict[str, int]:
    """`PartyOut`."""
    return {"adults": party.adults, "children": party.children, "infants": party.infants, "pets": party.pets}
