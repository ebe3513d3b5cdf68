"""Terms, quotes and parties as the JSON that holds and bookings freeze."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hospes.modules.booking.contracts import CancellationTerms, Mode, Party, Price, Quote, Terms, Tier
from hospes.modules.booking.policies.asks import items_json, items_of
from hospes.modules.ledger.contracts import Shown
from hospes.modules.payments.contracts import PaymentTerms, Way
from hospes.modules.promotions.contracts import Discount


def terms_json(terms: Terms) -> dict[str, Any]:
    """What `terms_of` reads."""
    return {
        "price": terms.price.as_json(),
        "cancellation": cancellation_json(terms.cancellation),
        "property_name": terms.property_name,
        "resource_name": terms.resource_name,
        "city": terms.city,
        "country": terms.country,
        "zone": terms.zone,
        "check_in_from": terms.check_in_from,
        "check_out_until": terms.check_out_until,
        "house_rules": terms.house_rules,
        "instant": terms.instant,
        "pooled": terms.pooled,
        "unit_ids": [str(each) for each in terms.unit_ids],
        "mode": str(terms.mode),
        "items": items_json(terms.items),
        "plan_id": None if terms.plan_id is None else str(terms.plan_id),
        "plan_name": terms.plan_name,
        "unit_id": None if terms.unit_id is None else str(terms.unit_id),
        "unit_name": terms.unit_name,
        **({"discounts": [each.as_json() for each in terms.discounts]} if terms.discounts else {}),
        **({} if terms.paying == PaymentTerms() else {"paying": asdict(terms.paying)}),
        **({"shown": terms.shown.as_json()} if terms.shown else {}),
    }


def terms_of(value: dict[str, Any]) -> Terms:
    """The terms frozen in JSON."""
    return Terms(
        **{
            **value,
            "price": Price.from_json(value["price"]),
            "cancellation": cancellation_of(value["cancellation"]),
            "unit_ids": tuple(UUID(each) for each in value["unit_ids"]),
            "mode": Mode(value.get("mode", "nightly")),
            "items": items_of(value.get("items", [])),
            "plan_id": UUID(value["plan_id"]) if value.get("plan_id") else None,
            "unit_id": UUID(value["unit_id"]) if value.get("unit_id") else None,
            "paying": paying_of(value.get("paying")),
            "discounts": tuple(Discount.from_json(each) for each in value.get("discounts", [])),
            "shown": Shown.from_json(value["shown"]) if value.get("shown") else None,
        }
    )


def paying_of(value: dict[str, Any] | None) -> PaymentTerms:
    """How the price is taken, frozen in JSON; everything at booking when nothing is said."""
    return PaymentTerms(**{**value, "way": Way(value["way"])}) if value else PaymentTerms()


def cancellation_json(terms: CancellationTerms) -> dict[str, Any]:
    """What `cancellation_of` reads."""
    return {
        "policy": terms.policy,
        "tiers": [[tier.hours_before, tier.refund_bp] for tier in terms.tiers],
        "check_in_at": terms.check_in_at.isoformat(),
        "text": list(terms.text),
        "free_until": terms.free_until.isoformat() if terms.free_until else None,
        "counts_from": terms.counts_from.isoformat() if terms.counts_from else None,
    }


def cancellation_of(value: dict[str, Any]) -> CancellationTerms:
    """The cancellation terms frozen in JSON."""
    return CancellationTerms(
        policy=value["policy"],
        tiers=tuple(Tier(hours, bp) for hours, bp in value["tiers"]),
        check_in_at=datetime.fromisoformat(value["check_in_at"]),
        text=tuple(value["text"]),
        free_until=datetime.fromisoformat(value["free_until"]) if value["free_until"] else None,
        counts_from=datetime.fromisoformat(value["counts_from"]) if value.get("counts_from") else None,
    )


def party_json(party: Party) -> dict[str, int]:
    """What `Party(**value)` reads."""
    return asdict(party)


def quote_json(quote: Quote) -> dict[str, Any]:
    """What `quote_of` reads."""
    return {
        "resource_id": str(quote.resource_id),
        "property_id": str(quote.property_id),
        "business_id": str(quote.business_id),
        "arrival": quote.arrival.isoformat(),
        "departure": quote.departure.isoformat(),
        "party": party_json(quote.party),
        "check_in_at": quote.check_in_at.isoformat(),
        "check_out_at": quote.check_out_at.isoformat(),
        "terms": terms_json(quote.terms),
        "quoted_at": quote.quoted_at.isoformat(),
    }


def quote_of(value: dict[str, Any]) -> Quote:
    """The quote frozen in a hold; its place is taken, so it is available to the hold's guest."""
    return Quote(
        resource_id=UUID(value["resource_id"]),
        property_id=UUID(value["property_id"]),
        business_id=UUID(value["business_id"]),
        arrival=date.fromisoformat(value["arrival"]),
        departure=date.fromisoformat(value["departure"]),
        party=Party(**value["party"]),
        check_in_at=datetime.fromisoformat(value["check_in_at"]),
        check_out_at=datetime.fromisoformat(value["check_out_at"]),
        available=True,
        terms=terms_of(value["terms"]),
        quoted_at=datetime.fromisoformat(value["quoted_at"]),
    )
