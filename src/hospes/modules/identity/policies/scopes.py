"""What a partner's key may be good for: the one table of scopes and the routes each opens.

A route that no line names is closed to keys: how people sign in, roles, keys, where payouts go, refunds, everything
of admins, and whatever is added to the product later. Routes are templates with `{}` for what varies.
"""

from collections.abc import Collection
from dataclasses import dataclass

GET, WRITE = ("GET",), ("POST", "PUT", "PATCH", "DELETE")
_API = "/api/v1"
_PLACE = "/resources/{}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Something a key may be allowed, in words, and the routes it opens: methods and templates below /api/v1."""

    name: str
    words: str
    routes: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


_LISTINGS = (
    "/properties",
    "/properties/{}",
    "/properties/{}/media",
    "/resources",
    _PLACE,
    f"{_PLACE}/units",
    f"{_PLACE}/rate",
    f"{_PLACE}/day-prices",
    f"{_PLACE}/rate-plans",
    f"{_PLACE}/rate-plans/{{}}",
    f"{_PLACE}/price-rules",
    f"{_PLACE}/price-rules/{{}}",
    f"{_PLACE}/restrictions",
    f"{_PLACE}/restrictions/{{}}",
    f"{_PLACE}/departures",
    f"{_PLACE}/departures/{{}}",
    f"{_PLACE}/schedule",
    f"{_PLACE}/feeds",
    f"{_PLACE}/feeds/{{}}",
)
SCOPES: tuple[Scope, ...] = (
    Scope(
        "read:listings",
        "Search, and look at listings, free dates and prices",
        (
            (
                GET,
                (
                    "/search",
                    "/search/suggestions",
                    "/catalog/vocabulary",
                    *_LISTINGS,
                    f"{_PLACE}/calendar",
                    f"{_PLACE}/slots",
                    f"{_PLACE}/room-plan",
                    f"{_PLACE}/price-suggestions",
                ),
            ),
            (("POST",), ("/quotes",)),
        ),
    ),
    Scope(
        "write:listings",
        "Change your listings, their prices, dates and pictures",
        (
            (
                WRITE,
                (
                    *_LISTINGS,
                    "/properties/{}/submit",
                    "/properties/{}/media/order",
                    "/media/{}",
                    f"{_PLACE}/units/{{}}",
                    f"{_PLACE}/schedule/exceptions/{{}}",
                    f"{_PLACE}/feeds/{{}}/refresh",
                    f"{_PLACE}/blocks",
                    f"{_PLACE}/blocks/{{}}",
                    f"{_PLACE}/outages",
                    f"{_PLACE}/outages/{{}}",
                    f"{_PLACE}/overbooking",
                ),
            ),
        ),
    ),
    Scope(
        "read:bookings",
        "Look at bookings, holds and the waiting list",
        (
            (
                GET,
                (
                    "/bookings",
                    "/bookings/{}",
                    "/bookings/{}/history",
                    "/bookings/{}/cancellation",
                    "/bookings/{}/acceptance",
                    "/bookings/{}/changes",
                    "/bookings/{}/early-departure",
                    "/bookings/{}/events",
                    "/holds/{}",
                    "/holds/{}/events",
                    "/series/{}",
                    "/series/{}/cancellation",
                    "/waitlist",
                    "/waitlist/{}",
                    f"{_PLACE}/waitlist",
                ),
            ),
        ),
    ),
    Scope(
        "write:bookings",
        "Hold, book, change, accept and cancel; check guests in and out",
        (
            (
                WRITE,
                (
                    "/quotes",
                    "/holds",
                    "/holds/{}",
                    "/holds/{}/renew",
                    "/bookings",
                    "/bookings/{}/cancel",
                    "/bookings/{}/accept",
                    "/bookings/{}/decline",
                    "/bookings/{}/check-in",
                    "/bookings/{}/check-out",
                    "/bookings/{}/no-show",
                    "/bookings/{}/changes",
                    "/bookings/{}/changes/quote",
                    "/bookings/{}/changes/{}",
                    "/series",
                    "/series/quote",
                    "/series/{}/cancel",
                    "/waitlist",
                    "/waitlist/{}",
                    "/waitlist/{}/accept",
                    "/claims/{}/unit",
                ),
            ),
        ),
    ),
    Scope(
        "read:money",
        "Look at payments, invoices, earnings and payouts",
        (
            (
                GET,
                (
                    "/bookings/{}/payments",
                    "/bookings/{}/invoices",
                    "/payments",
                    "/payments/{}",
                    "/invoices/{}",
                    "/businesses/{}/invoices",
                    "/businesses/{}/balance",
                    "/businesses/{}/payouts",
                    "/businesses/{}/earnings",
                    "/businesses/{}/statements/{}",
                ),
            ),
        ),
    ),
    Scope(
        "read:business",
        "Look at your businesses",
        ((GET, ("/businesses", "/businesses/{}", "/businesses/{}/payment-terms")),),
    ),
)
NAMES = frozenset(scope.name for scope in SCOPES)
_OPENS: dict[tuple[str, str], frozenset[str]] = {}
for _scope in SCOPES:
    for _methods, _templates in _scope.routes:
        for _each in [(method, _API + template) for method in _methods for template in _templates]:
            _OPENS[_each] = _OPENS.get(_each, frozenset()) | {_scope.name}


def needed_for(method: str, template: str) -> frozenset[str]:
    """The scopes of which each opens the route; none: it is closed to keys."""
    return _OPENS.get(("GET" if method == "HEAD" else method, template), frozenset())


def allows(scopes: Collection[str], method: str, template: str) -> bool:
    """Whether a key with these scopes may call the route."""
    return not needed_for(method, template).isdisjoint(scopes)
