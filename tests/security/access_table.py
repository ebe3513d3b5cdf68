"""Who may ask what: one row for every route, pages and API. A route without a row fails `test_route_matrix`.

Everything a route names belongs to the business of `owner` (who has a manager and staff) or to `guest`, who has booked
there; to everybody else it is foreign. Nobody is asked to sign in, all others are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hospes.modules.catalog.policies.permissions import Permission as P
from hospes.modules.catalog.policies.permissions import roles_with

MEMBERS = frozenset({"owner", "manager", "staff"})
OUTSIDE = frozenset({"guest", "stranger", "host", "professional", "partner", "premium", "admin"})
EVERYBODY = MEMBERS | OUTSIDE | {"other_owner"}


@dataclass(frozen=True)
class Rule:
    """Who is let in. `there` is False where the world holds no such thing, so that those let in may find nothing."""

    lets_in: frozenset[str]
    public: bool = False
    there: bool = True
    compared: bool = True


def member(permission: P, *, admin: bool = False) -> Rule:
    """Members of the business whose part it is; admins where it says so."""
    return Rule(frozenset(roles_with(permission)) | ({"admin"} if admin else set()))


def owns(permission: P) -> Rule:
    """Members of any business, for their own: the route names none, or what it names is `owner`'s."""
    return Rule(frozenset(roles_with(permission)) | {"other_owner"})


def has_business(permission: P) -> Rule:
    """As `owns`; who has no business is shown the way to one."""
    return Rule(frozenset(roles_with(permission)) | {"other_owner"} | OUTSIDE)


def absent(rule: Rule) -> Rule:
    """There is no such thing in this world: who would be let in finds nothing."""
    return replace(rule, there=False)


PUBLIC = Rule(EVERYBODY, public=True)
SIGNED_IN = Rule(EVERYBODY)
HOSTS = Rule(frozenset({"host", "professional", "owner", "manager", "staff", "other_owner"}))
TEAM = Rule(MEMBERS)
GUEST = Rule(frozenset({"guest"}))
STRANGER = Rule(frozenset({"stranger"}))
PARTY = Rule(frozenset({"guest", "admin"}) | MEMBERS)
ADMIN = Rule(frozenset({"admin"}))
DOOR = Rule(EVERYBODY, public=True, compared=False)
"""Asks for a proof of its own (a password, a code, a signature) and answers 401 or 404 without it, whoever asks."""

NO_BROWSER = DOOR
"""Changes the browser's session; these callers carry tokens and have none, so they are sent to sign in."""
SAID_FIRST = DOOR
"""Reads what is said before who says it: only that it answers is asked here. Its own tests ask who may."""
IN_STEPS = DOOR
"""Writes in steps that find each other's rows, which this world takes back. Its own tests ask who may."""

_ROWS: tuple[tuple[Rule, str], ...] = (
    (
        PUBLIC,
        """
        GET /
        GET /.well-known/jwks.json
        POST /account/email/link
        POST /api/v1/auth/forgot-password
        POST /api/v1/auth/logout
        POST /api/v1/auth/passkey
        POST /api/v1/auth/passkey/options
        GET /api/v1/auth/providers
        POST /api/v1/auth/register
        POST /api/v1/auth/reset-password
        POST /api/v1/auth/undo-change
        GET /api/v1/catalog/vocabulary
        GET /api/v1/listings/{listing_id}/similar
        GET /api/v1/openapi.json
        GET /api/v1/properties/{property_id}
        GET /api/v1/properties/{property_id}/media
        POST /api/v1/quotes
        GET /api/v1/recommendations
        GET /api/v1/recommendations/popular
        GET /api/v1/resources/{resource_id}
        GET /api/v1/resources/{resource_id}/calendar
        GET /api/v1/resources/{resource_id}/departures
        GET /api/v1/resources/{resource_id}/departures/{departure_id}
        GET /api/v1/resources/{resource_id}/slots
        GET /api/v1/search
        GET /api/v1/search/here
        GET /api/v1/search/semantic
        GET /api/v1/search/suggestions
        GET /api/v1/wishlists/shared/{token}
        POST /api/v1/series/quote
        GET /calendars/{secret}.ics
        GET /currency
        POST /currency
        GET /forgot
        POST /forgot
        GET /healthz
        GET /login
        POST /login/passkey
        POST /login/passkey/options
        POST /login/second/passkey
        POST /logout
        GET /metrics
        GET /problems/{code}
        GET /r/{code}
        GET /readyz
        GET /recently-viewed
        POST /recently-viewed/clear
        POST /recently-viewed/keep
        POST /recently-viewed/stop
        GET /reset
        POST /reset
        GET /robots.txt
        GET /search
        GET /search/labels
        GET /search/pictures
        GET /shared/{token}
        GET /sitemap.xml
        GET /sitemaps/places.xml
        GET /sitemaps/stays-{part}.xml
        GET /signup
        POST /signup
        GET /stays/{resource_id}
        GET /stays/{resource_id}/calendar
        GET /stays/{resource_id}/price
        GET /undo
        POST /undo
        POST /verify/link
    """,
    ),
    (
        DOOR,
        """
        POST /api/v1/auth/confirm
        POST /api/v1/auth/login
        POST /api/v1/auth/login/second
        POST /api/v1/auth/login/second/passkey
        POST /api/v1/auth/login/second/sms
        POST /api/v1/auth/providers/{provider}/id-token
        POST /api/v1/auth/refresh
        POST /api/v1/webhooks/{provider}
        POST /login
        GET /login/second
        POST /login/second
        GET /login/second/lost
        POST /login/second/lost
        POST /login/second/passkey/options
        POST /login/second/sms
        GET /login/with/accept
        POST /login/with/accept
        GET /login/with/known
        POST /login/with/known
        GET /login/with/new
        POST /login/with/new
        GET /login/with/{provider}
        GET /login/with/{provider}/callback
        POST /login/with/{provider}/callback
    """,
    ),
    (
        SIGNED_IN,
        """
        GET /account
        POST /account
        POST /account/acting/stop
        GET /account/coupons
        GET /account/email
        POST /account/email
        POST /account/email/code
        GET /account/keys
        GET /account/keys/new
        POST /account/keys/new
        GET /account/linked
        POST /account/linked/{provider}/unlink
        GET /account/password
        POST /account/password
        GET /account/payment-methods
        GET /account/payment-methods/add
        POST /account/payment-methods/add
        POST /account/payment-methods/add/vendor
        POST /account/payment-methods/{method_id}/delete
        POST /account/payment-methods/{method_id}/first
        GET /account/payments
        GET /account/phone
        POST /account/phone
        POST /account/phone/code
        POST /account/photo
        POST /account/photo/remove
        GET /account/privacy
        GET /account/privacy/copy
        POST /account/privacy/copy
        GET /account/privacy/delete
        POST /account/privacy/delete
        POST /account/privacy/marketing
        GET /account/security
        GET /account/security/app
        POST /account/security/app
        POST /account/security/devices/forget
        GET /account/security/recovery-codes
        POST /account/security/recovery-codes
        POST /account/security/reset/cancel
        GET /account/security/sms
        POST /account/security/sms
        POST /account/security/sms/send
        GET /account/sessions
        POST /account/sessions/end
        POST /account/switch-role
        POST /api/v1/auth/confirm/second
        POST /api/v1/auth/confirm/second/passkey
        POST /api/v1/auth/confirm/second/sms
        POST /api/v1/auth/otp/send
        POST /api/v1/auth/otp/verify
        POST /api/v1/auth/resend-verification
        POST /api/v1/auth/switch-role
        POST /api/v1/auth/verify-email
        POST /api/v1/auth/verify-phone
        GET /api/v1/bookings
        POST /api/v1/bookings
        GET /api/v1/businesses
        POST /api/v1/businesses
        GET /api/v1/coupons
        GET /api/v1/credits
        POST /api/v1/holds
        GET /api/v1/payments
        GET /api/v1/payments/methods
        POST /api/v1/payments/methods
        GET /api/v1/properties
        GET /api/v1/referrals
        GET /api/v1/resources
        POST /api/v1/sandbox/tokens
        GET /api/v1/users/me
        PATCH /api/v1/users/me
        GET /api/v1/users/me/api-keys
        POST /api/v1/users/me/api-keys
        POST /api/v1/users/me/become-host
        GET /api/v1/users/me/consents
        PUT /api/v1/users/me/consents
        GET /api/v1/users/me/deletion
        POST /api/v1/users/me/deletion
        POST /api/v1/users/me/email
        POST /api/v1/users/me/email/confirm
        POST /api/v1/users/me/export
        GET /api/v1/users/me/exports
        GET /api/v1/users/me/identity-checks
        GET /api/v1/users/me/linked-accounts
        POST /api/v1/users/me/password
        POST /api/v1/users/me/phone
        POST /api/v1/users/me/phone/confirm
        DELETE /api/v1/users/me/photo
        PUT /api/v1/users/me/photo
        DELETE /api/v1/users/me/recently-viewed
        GET /api/v1/users/me/recently-viewed
        PUT /api/v1/users/me/recently-viewed
        GET /api/v1/users/me/security
        DELETE /api/v1/users/me/security/devices
        POST /api/v1/users/me/security/passkeys
        POST /api/v1/users/me/security/passkeys/options
        POST /api/v1/users/me/security/recovery-codes
        POST /api/v1/users/me/security/sms
        POST /api/v1/users/me/security/sms/confirm
        POST /api/v1/users/me/security/totp
        POST /api/v1/users/me/security/totp/confirm
        DELETE /api/v1/users/me/sessions
        GET /api/v1/users/me/sessions
        GET /api/v1/waitlist
        GET /api/v1/wishlists
        POST /api/v1/wishlists
        GET /confirm
        POST /confirm
        POST /confirm/passkey/options
        POST /confirm/sms
        GET /host
        GET /host/business
        GET /host/start
        POST /host/calendar/hours/unblock
        POST /host/calendar/hours/undo
        POST /host/calendar/unblock
        POST /host/calendar/undo
        GET /host/departures
        GET /host/earnings
        GET /host/payouts
        GET /host/rooms
        POST /host/rooms/{resource_id}/open
        GET /host/schedule
        POST /host/schedule/{resource_id}/days/delete
        POST /stays/{resource_id}/hold
        POST /stays/{resource_id}/series
        POST /stays/{resource_id}/take
        POST /stays/{resource_id}/wait
        GET /trips
        GET /trips/waiting
        GET /verify
        POST /verify/email
        POST /verify/email/again
        POST /verify/phone
        POST /verify/phone/again
        GET /wishlists
        POST /wishlists
        POST /wishlists/save
    """,
    ),
    (
        HOSTS,
        """
        GET /account/identity
        POST /account/identity
    """,
    ),
    (
        GUEST,
        """
        GET /account/payment-methods/{method_id}/forget
        POST /account/security/passkeys/{passkey_id}/name
        PUT /api/v1/bookings/{booking_id}/buyer
        DELETE /api/v1/holds/{hold_id}
        GET /api/v1/holds/{hold_id}
        PUT /api/v1/holds/{hold_id}/coupons
        GET /api/v1/holds/{hold_id}/events
        POST /api/v1/holds/{hold_id}/renew
        POST /api/v1/payments/intent
        DELETE /api/v1/payments/methods/{method_id}
        PUT /api/v1/payments/methods/{method_id}/default
        POST /api/v1/payments/split
        GET /api/v1/payments/{booking_id}/events
        GET /api/v1/payments/{payment_id}
        DELETE /api/v1/users/me/security/passkeys/{passkey_id}
        PATCH /api/v1/users/me/security/passkeys/{passkey_id}
        DELETE /api/v1/wishlists/{wishlist_id}
        GET /api/v1/wishlists/{wishlist_id}
        PATCH /api/v1/wishlists/{wishlist_id}
        DELETE /api/v1/wishlists/{wishlist_id}/items/{resource_id}
        PUT /api/v1/wishlists/{wishlist_id}/items/{resource_id}
        POST /api/v1/wishlists/{wishlist_id}/items/{resource_id}/move
        DELETE /api/v1/wishlists/{wishlist_id}/share
        POST /api/v1/wishlists/{wishlist_id}/share
        GET /checkout/{hold_id}
        POST /checkout/{hold_id}
        POST /checkout/{hold_id}/coupons
        POST /checkout/{hold_id}/release
        POST /checkout/{hold_id}/renew
        GET /pay/{booking_id}
        POST /pay/{booking_id}
        POST /pay/{booking_id}/another
        GET /pay/{booking_id}/challenge
        POST /pay/{booking_id}/challenge
        POST /pay/{booking_id}/join
        POST /pay/{booking_id}/saved
        POST /pay/{booking_id}/split
        GET /pay/{booking_id}/status
        POST /pay/{booking_id}/vendor
        GET /wishlists/{wishlist_id}
        GET /wishlists/{wishlist_id}/delete
        POST /wishlists/{wishlist_id}/delete
        POST /wishlists/{wishlist_id}/items/{resource_id}
        POST /wishlists/{wishlist_id}/items/{resource_id}/move
        POST /wishlists/{wishlist_id}/items/{resource_id}/note
        POST /wishlists/{wishlist_id}/items/{resource_id}/remove
        POST /wishlists/{wishlist_id}/rename
        POST /wishlists/{wishlist_id}/share
        POST /wishlists/{wishlist_id}/share/stop
    """,
    ),
    (
        STRANGER,
        """
        DELETE /api/v1/users/me/security/reset
    """,
    ),
    (
        PARTY,
        """
        GET /api/v1/bookings/{booking_id}
        GET /api/v1/bookings/{booking_id}/buyer
        PUT /api/v1/bookings/{booking_id}/cancel
        GET /api/v1/bookings/{booking_id}/cancellation
        GET /api/v1/bookings/{booking_id}/changes
        POST /api/v1/bookings/{booking_id}/changes
        POST /api/v1/bookings/{booking_id}/changes/quote
        GET /api/v1/bookings/{booking_id}/early-departure
        POST /api/v1/bookings/{booking_id}/early-departure
        GET /api/v1/bookings/{booking_id}/events
        GET /api/v1/bookings/{booking_id}/history
        GET /api/v1/bookings/{booking_id}/invoices
        GET /api/v1/bookings/{booking_id}/payments
        GET /trips/{booking_id}
        GET /trips/{booking_id}.ics
        GET /trips/{booking_id}/cancel
        POST /trips/{booking_id}/cancel
        GET /trips/{booking_id}/change
        POST /trips/{booking_id}/change
        GET /trips/{booking_id}/documents
        POST /trips/{booking_id}/documents
        GET /trips/{booking_id}/leave
        POST /trips/{booking_id}/leave
    """,
    ),
    (
        ADMIN,
        """
        GET /admin
        GET /admin/businesses
        POST /admin/businesses/{business_id}/{action}
        GET /admin/factor-resets
        POST /admin/factor-resets/{reset_id}/{decision}
        GET /admin/identity
        GET /admin/identity/{check_id}
        GET /admin/ledger
        GET /admin/ledger/accounts/{account_id}
        GET /admin/ledger/transactions
        GET /admin/mail
        GET /admin/payments
        GET /admin/payments/dead-letters
        GET /admin/payments/dead-letters/{letter_id}
        POST /admin/payments/dead-letters/{letter_id}/{action}
        GET /admin/payments/disputes
        GET /admin/payments/disputes/{dispute_id}
        POST /admin/payments/disputes/{dispute_id}
        GET /admin/payouts
        GET /admin/payouts/holds
        POST /admin/payouts/holds
        POST /admin/payouts/holds/{hold_id}/release
        GET /admin/people
        GET /admin/people/{user_id:uuid}
        POST /admin/people/{user_id:uuid}/act
        POST /admin/people/{user_id:uuid}/reactivate
        POST /admin/people/{user_id:uuid}/roles/{role}/{change}
        POST /admin/people/{user_id:uuid}/suspend
        GET /admin/promotions
        GET /admin/promotions/campaigns/new
        POST /admin/promotions/campaigns/new
        GET /admin/promotions/campaigns/{campaign_id}
        POST /admin/promotions/campaigns/{campaign_id}
        POST /admin/promotions/campaigns/{campaign_id}/delete
        GET /admin/promotions/coupons/new
        POST /admin/promotions/coupons/new
        GET /admin/promotions/coupons/{coupon_id}
        POST /admin/promotions/coupons/{coupon_id}
        POST /admin/promotions/coupons/{coupon_id}/end
        GET /admin/promotions/triggers/{name}
        POST /admin/promotions/triggers/{name}
        POST /admin/properties/{property_id}/approve-with-business
        POST /admin/properties/{property_id}/{action}
        GET /admin/reconciliation
        POST /admin/reconciliation/compare
        POST /admin/reconciliation/{finding_id}/resolve
        GET /api/v1/admin/attention
        PUT /api/v1/admin/attention/{attention_id}/resolve
        GET /api/v1/admin/businesses
        PUT /api/v1/admin/businesses/{business_id}/commission
        POST /api/v1/admin/businesses/{business_id}/{action}
        GET /api/v1/admin/campaigns
        POST /api/v1/admin/campaigns
        DELETE /api/v1/admin/campaigns/{campaign_id}
        GET /api/v1/admin/campaigns/{campaign_id}
        PUT /api/v1/admin/campaigns/{campaign_id}
        GET /api/v1/admin/coupons
        POST /api/v1/admin/coupons
        DELETE /api/v1/admin/coupons/{coupon_id}
        GET /api/v1/admin/coupons/{coupon_id}
        PUT /api/v1/admin/coupons/{coupon_id}
        GET /api/v1/admin/coupons/{coupon_id}/uses
        POST /api/v1/admin/credits
        GET /api/v1/admin/factor-resets
        PUT /api/v1/admin/factor-resets/{reset_id}/approve
        PUT /api/v1/admin/factor-resets/{reset_id}/refuse
        GET /api/v1/admin/gift-rules
        GET /api/v1/admin/gift-rules/{name}
        PUT /api/v1/admin/gift-rules/{name}
        GET /api/v1/admin/identity-checks
        GET /api/v1/admin/ledger/accounts
        GET /api/v1/admin/ledger/transactions
        GET /api/v1/admin/payments
        GET /api/v1/admin/payments/dead-letters
        POST /api/v1/admin/payments/dead-letters/{letter_id}/replay
        POST /api/v1/admin/payments/dead-letters/{letter_id}/resolve
        GET /api/v1/admin/payments/disputes
        GET /api/v1/admin/payments/disputes/{dispute_id}
        PUT /api/v1/admin/payments/disputes/{dispute_id}/answer
        POST /api/v1/admin/payments/disputes/{dispute_id}/answer/submit
        GET /api/v1/admin/payouts
        GET /api/v1/admin/payouts/holds
        POST /api/v1/admin/payouts/holds
        PUT /api/v1/admin/payouts/holds/{hold_id}/release
        GET /api/v1/admin/properties
        POST /api/v1/admin/properties/{property_id}/approve-with-business
        POST /api/v1/admin/properties/{property_id}/{action}
        GET /api/v1/admin/reconciliation
        POST /api/v1/admin/reconciliation/compare
        PUT /api/v1/admin/reconciliation/{finding_id}/resolve
    """,
    ),
    (
        absent(ADMIN),
        """
        GET /admin/identity/{check_id}/files/{side}
        GET /admin/mail/{message_id}
        POST /admin/mail/{message_id}/again
        GET /admin/mail/{message_id}/body
        GET /admin/mail/{message_id}/delivered
        GET /admin/mail/{message_id}/files/{name}
        GET /api/v1/admin/identity-checks/{check_id}/files/{side}
    """,
    ),
    (
        absent(PARTY),
        """
        DELETE /api/v1/bookings/{booking_id}/changes/{change_id}
        GET /api/v1/invoices/{document_id}
        GET /api/v1/invoices/{document_id}.pdf
        GET /api/v1/series/{series_id}
        POST /api/v1/series/{series_id}/cancel
        GET /api/v1/series/{series_id}/cancellation
        GET /trips/{booking_id}/changes/{change_id}
        POST /trips/{booking_id}/changes/{change_id}/withdraw
    """,
    ),
    (
        absent(PUBLIC),
        """
        GET /media/{key:path}
    """,
    ),
    (
        absent(SIGNED_IN),
        """
        GET /account/keys/{key_id}/revoke
        POST /account/keys/{key_id}/revoke
        GET /account/keys/{key_id}/rotate
        POST /account/keys/{key_id}/rotate
        GET /account/linked/{provider}/unlink
        GET /account/payment-methods/adding/{saving_id}
        GET /account/payment-methods/adding/{saving_id}/challenge
        POST /account/payment-methods/adding/{saving_id}/challenge
        GET /account/payment-methods/adding/{saving_id}/status
        GET /account/privacy/copies/{export_id}
        GET /api/v1/payments/methods/adding/{saving_id}
        DELETE /api/v1/users/me/api-keys/{key_id}
        POST /api/v1/users/me/api-keys/{key_id}/rotate
        GET /api/v1/users/me/exports/{export_id}/file
        DELETE /api/v1/users/me/linked-accounts/{provider}
        DELETE /api/v1/users/me/security/sms
        DELETE /api/v1/users/me/security/totp
        DELETE /api/v1/users/me/sessions/{session_id}
        DELETE /api/v1/waitlist/{entry_id}
        GET /api/v1/waitlist/{entry_id}
        POST /api/v1/waitlist/{entry_id}/accept
        POST /trips/waiting/{entry_id}/leave
    """,
    ),
    (
        absent(member(P.BOOKINGS, admin=True)),
        """
        POST /api/v1/bookings/{booking_id}/paid-at-property
    """,
    ),
    (
        absent(member(P.CALENDAR)),
        """
        DELETE /api/v1/resources/{resource_id}/blocks/{block_id}
    """,
    ),
    (
        has_business(P.BOOKINGS),
        """
        GET /host/bookings
    """,
    ),
    (
        has_business(P.CALENDAR),
        """
        GET /host/calendar
        POST /host/calendar/block
        POST /host/calendar/change
        GET /host/calendar/hours
        POST /host/calendar/hours/block
        GET /host/feeds
    """,
    ),
    (
        has_business(P.EARNINGS),
        """
        GET /host/invoices
        POST /host/invoices
        GET /host/payment-terms
    """,
    ),
    (
        has_business(P.LISTINGS),
        """
        GET /host/listings/new
        POST /host/listings/new
        GET /host/rates
    """,
    ),
    (
        has_business(P.MONEY),
        """
        POST /host/payment-terms
    """,
    ),
    (
        has_business(P.PROMOTIONS),
        """
        GET /host/coupons
    """,
    ),
    (
        member(P.BOOKINGS),
        """
        GET /api/v1/resources/{resource_id}/waitlist
        GET /host/bookings/{booking_id}
        POST /host/bookings/{booking_id}/check-in
        POST /host/bookings/{booking_id}/check-out
        POST /host/bookings/{booking_id}/early
        POST /host/bookings/{booking_id}/move
        POST /host/bookings/{booking_id}/no-show
    """,
    ),
    (
        member(P.BOOKINGS, admin=True),
        """
        PUT /api/v1/bookings/{booking_id}/accept
        GET /api/v1/bookings/{booking_id}/acceptance
        PUT /api/v1/bookings/{booking_id}/check-in
        PUT /api/v1/bookings/{booking_id}/check-out
        PUT /api/v1/bookings/{booking_id}/decline
        PUT /api/v1/bookings/{booking_id}/no-show
        GET /api/v1/businesses/{business_id}
        POST /host/bookings/{booking_id}/accept
        POST /host/bookings/{booking_id}/decline
        GET /host/bookings/{booking_id}/money
        GET /host/bookings/{booking_id}/money/{deed}
    """,
    ),
    (
        member(P.BUSINESS),
        """
        POST /api/v1/businesses/{business_id}/{action}
    """,
    ),
    (
        member(P.CALENDAR),
        """
        PUT /api/v1/claims/{claim_id}/unit
        POST /api/v1/resources/{resource_id}/blocks
        GET /api/v1/resources/{resource_id}/feeds
        GET /api/v1/resources/{resource_id}/feeds/{feed_id}
        POST /api/v1/resources/{resource_id}/feeds/{feed_id}/refresh
        POST /api/v1/resources/{resource_id}/outages
        DELETE /api/v1/resources/{resource_id}/outages/{outage_id}
        GET /api/v1/resources/{resource_id}/room-plan
        POST /api/v1/resources/{resource_id}/room-plan
        GET /api/v1/resources/{resource_id}/units
        GET /host/rooms/{resource_id}
        POST /host/rooms/{resource_id}/assign
        POST /host/rooms/{resource_id}/close
        POST /host/rooms/{resource_id}/plan
    """,
    ),
    (
        member(P.EARNINGS),
        """
        GET /api/v1/businesses/{business_id}/balance
        GET /api/v1/businesses/{business_id}/earnings
        GET /api/v1/businesses/{business_id}/invoice-settings
        GET /api/v1/businesses/{business_id}/invoices
        GET /api/v1/businesses/{business_id}/payment-terms
        GET /api/v1/businesses/{business_id}/payout-account
        GET /api/v1/businesses/{business_id}/payouts
        GET /api/v1/businesses/{business_id}/statements/{month}.{form}
        GET /host/{business_id:uuid}/payouts
        GET /host/{business_id:uuid}/payouts/account
        GET /host/{business_id}/invoices
    """,
    ),
    (
        member(P.LISTINGS),
        """
        PATCH /api/v1/businesses/{business_id}
        DELETE /api/v1/media/{media_id}
        PATCH /api/v1/media/{media_id}
        POST /api/v1/properties
        PATCH /api/v1/properties/{property_id}
        POST /api/v1/properties/{property_id}/media
        PUT /api/v1/properties/{property_id}/media/order
        POST /api/v1/properties/{property_id}/submit
        POST /api/v1/resources
        PATCH /api/v1/resources/{resource_id}
        GET /api/v1/resources/{resource_id}/day-prices
        PUT /api/v1/resources/{resource_id}/day-prices
        POST /api/v1/resources/{resource_id}/departures
        DELETE /api/v1/resources/{resource_id}/departures/{departure_id}
        PUT /api/v1/resources/{resource_id}/departures/{departure_id}
        GET /api/v1/resources/{resource_id}/departures/{departure_id}/cancellation
        POST /api/v1/resources/{resource_id}/departures/{departure_id}/cancellation
        POST /api/v1/resources/{resource_id}/export-address
        POST /api/v1/resources/{resource_id}/feeds
        DELETE /api/v1/resources/{resource_id}/feeds/{feed_id}
        PUT /api/v1/resources/{resource_id}/overbooking
        GET /api/v1/resources/{resource_id}/price-rules
        POST /api/v1/resources/{resource_id}/price-rules
        DELETE /api/v1/resources/{resource_id}/price-rules/{price_rule_id}
        GET /api/v1/resources/{resource_id}/price-rules/{price_rule_id}
        PUT /api/v1/resources/{resource_id}/price-rules/{price_rule_id}
        GET /api/v1/resources/{resource_id}/price-suggestions
        GET /api/v1/resources/{resource_id}/rate
        PUT /api/v1/resources/{resource_id}/rate
        GET /api/v1/resources/{resource_id}/rate-plans
        POST /api/v1/resources/{resource_id}/rate-plans
        DELETE /api/v1/resources/{resource_id}/rate-plans/{rate_plan_id}
        GET /api/v1/resources/{resource_id}/rate-plans/{rate_plan_id}
        PUT /api/v1/resources/{resource_id}/rate-plans/{rate_plan_id}
        GET /api/v1/resources/{resource_id}/restrictions
        POST /api/v1/resources/{resource_id}/restrictions
        DELETE /api/v1/resources/{resource_id}/restrictions/{restriction_id}
        GET /api/v1/resources/{resource_id}/restrictions/{restriction_id}
        PUT /api/v1/resources/{resource_id}/restrictions/{restriction_id}
        GET /api/v1/resources/{resource_id}/schedule
        PUT /api/v1/resources/{resource_id}/schedule
        PUT /api/v1/resources/{resource_id}/schedule/exceptions/{day}
        POST /api/v1/resources/{resource_id}/units
        PATCH /api/v1/resources/{resource_id}/units/{unit_id}
        GET /host/departures/{resource_id}
        POST /host/departures/{resource_id}
        GET /host/departures/{resource_id}/{departure_id}
        POST /host/departures/{resource_id}/{departure_id}
        GET /host/departures/{resource_id}/{departure_id}/cancel
        POST /host/departures/{resource_id}/{departure_id}/cancel
        GET /host/feeds/{resource_id}
        POST /host/feeds/{resource_id}
        POST /host/feeds/{resource_id}/export
        POST /host/feeds/{resource_id}/{feed_id}/refresh
        POST /host/feeds/{resource_id}/{feed_id}/remove
        GET /host/listings/{resource_id}/edit
        POST /host/listings/{resource_id}/edit
        GET /host/listings/{resource_id}/photos
        POST /host/listings/{resource_id}/photos
        POST /host/listings/{resource_id}/photos/{media_id}/{action}
        GET /host/listings/{resource_id}/price
        POST /host/listings/{resource_id}/price
        POST /host/listings/{resource_id}/price/days
        POST /host/listings/{resource_id}/submit
        GET /host/listings/{resource_id}/units
        POST /host/listings/{resource_id}/units
        POST /host/listings/{resource_id}/units/{unit_id}
        GET /host/rates/{resource_id}
        GET /host/rates/{resource_id}/plans/new
        POST /host/rates/{resource_id}/plans/new
        GET /host/rates/{resource_id}/plans/{plan_id}
        POST /host/rates/{resource_id}/plans/{plan_id}
        POST /host/rates/{resource_id}/plans/{plan_id}/delete
        GET /host/rates/{resource_id}/restrictions/new
        POST /host/rates/{resource_id}/restrictions/new
        GET /host/rates/{resource_id}/restrictions/{restriction_id}
        POST /host/rates/{resource_id}/restrictions/{restriction_id}
        POST /host/rates/{resource_id}/restrictions/{restriction_id}/delete
        GET /host/rates/{resource_id}/rules/new
        POST /host/rates/{resource_id}/rules/new
        GET /host/rates/{resource_id}/rules/{rule_id}
        POST /host/rates/{resource_id}/rules/{rule_id}
        POST /host/rates/{resource_id}/rules/{rule_id}/delete
        GET /host/rates/{resource_id}/suggestions
        POST /host/rates/{resource_id}/suggestions
        GET /host/schedule/{resource_id}
        POST /host/schedule/{resource_id}
        POST /host/schedule/{resource_id}/days
        POST /host/schedule/{resource_id}/preview
    """,
    ),
    (
        member(P.MONEY),
        """
        PUT /api/v1/businesses/{business_id}/invoice-settings
        PUT /api/v1/businesses/{business_id}/payment-terms
        POST /host/{business_id:uuid}/payouts/account
        POST /host/{business_id:uuid}/payouts/check
    """,
    ),
    (
        member(P.MONEY, admin=True),
        """
        POST /api/v1/bookings/{booking_id}/damages
        POST /api/v1/bookings/{booking_id}/goodwill
        POST /api/v1/payments/refund
        POST /host/bookings/{booking_id}/money/{deed}
    """,
    ),
    (
        member(P.PROMOTIONS),
        """
        GET /api/v1/businesses/{business_id}/coupons
        POST /api/v1/businesses/{business_id}/coupons
        DELETE /api/v1/businesses/{business_id}/coupons/{coupon_id}
        GET /api/v1/businesses/{business_id}/coupons/{coupon_id}
        PUT /api/v1/businesses/{business_id}/coupons/{coupon_id}
    """,
    ),
    (
        owns(P.BUSINESS),
        """
        POST /host/business/answer
        POST /host/business/{action}
    """,
    ),
    (
        owns(P.EARNINGS),
        """
        GET /host/invoices.csv
    """,
    ),
    (
        owns(P.LISTINGS),
        """
        POST /host/business
    """,
    ),
    (
        owns(P.PROMOTIONS),
        """
        GET /host/coupons/new
        POST /host/coupons/new
    """,
    ),
    (
        NO_BROWSER,
        """
        POST /account/become-host
    """,
    ),
    (
        absent(member(P.LISTINGS)),
        """
        DELETE /api/v1/resources/{resource_id}/schedule/exceptions/{day}
    """,
    ),
    (
        IN_STEPS,
        """
        POST /api/v1/businesses/{business_id}/payout-account
        GET /host/{business_id:uuid}/earnings
    """,
    ),
    (
        member(P.PROMOTIONS),
        """
        GET /host/coupons/{coupon_id}
        POST /host/coupons/{coupon_id}
        POST /host/coupons/{coupon_id}/end
    """,
    ),
    (
        absent(SIGNED_IN),
        """
        DELETE /api/v1/users/me/security/devices/{device_id}
    """,
    ),
    (
        SAID_FIRST,
        """
        POST /api/v1/users/me/identity-checks
        POST /api/v1/payments/confirm
        POST /host/calendar/hours/move
        POST /api/v1/series
        POST /api/v1/waitlist
    """,
    ),
    (
        absent(ADMIN),
        """
        POST /admin/identity/{check_id}/{decision}
        PUT /api/v1/admin/identity-checks/{check_id}/{decision}
    """,
    ),
    (
        SIGNED_IN,
        """
        GET /account/activity
        GET /account/notifications
        GET /account/preferences
        GET /api/v1/users/me/preferences
        GET /api/v1/users/preferences
        GET /api/v1/users/profile
        POST /account/notifications
        POST /account/preferences
        PUT /api/v1/users/me/preferences
        PUT /api/v1/users/preferences
        PUT /api/v1/users/profile
    """,
    ),
    (
        PUBLIC,
        """
        GET /privacy
        GET /terms
    """,
    ),
    (
        ADMIN,
        """
        GET /admin/audit
        POST /admin/properties/{property_id}/approve-with-business
        POST /api/v1/admin/properties/{property_id}/approve-with-business
    """,
    ),
    (
        DOOR,
        """
        GET /host/start
    """,
    ),
    (
        SAID_FIRST,
        """
        POST /host/business/answer
    """,
    ),
    (
        absent(SIGNED_IN),
        """
        GET /account/security/remove/{kind}
        POST /account/security/remove/{kind}
    """,
    ),
    (
        SAID_FIRST,
        """
        POST /confirm/passkey
        POST /confirm/step
    """,
    ),
    (
        absent(PUBLIC),
        """
        GET /places/{slug}
        GET /search/at
    """,
    ),
    (
        PUBLIC,
        """
        GET /api/v1/invitations/{token}
        GET /invitations/{token}
    """,
    ),
    (
        SIGNED_IN,
        """
        GET /host/members
    """,
    ),
    (
        TEAM,
        """
        GET /api/v1/businesses/{business_id}/members
        GET /host/{business_id:uuid}/members
    """,
    ),
    (
        TEAM,  # staff, for themselves: they leave
        """
        DELETE /api/v1/businesses/{business_id}/members/{user_id}
        GET /host/{business_id:uuid}/members/{user_id}/remove
        POST /host/{business_id:uuid}/members/{user_id}/remove
    """,
    ),
    (
        member(P.MEMBERS),
        """
        GET /api/v1/businesses/{business_id}/invitations
        POST /api/v1/businesses/{business_id}/invitations
        DELETE /api/v1/businesses/{business_id}/invitations/{invitation_id}
        POST /api/v1/businesses/{business_id}/invitations/{invitation_id}/send
        POST /host/{business_id:uuid}/invitations
        POST /host/{business_id:uuid}/invitations/{invitation_id}/again
        POST /host/{business_id:uuid}/invitations/{invitation_id}/revoke
    """,
    ),
    (
        member(P.BUSINESS),
        """
        PATCH /api/v1/businesses/{business_id}/members/{user_id}
        POST /host/{business_id:uuid}/members/{user_id}/role
        PUT /api/v1/businesses/{business_id}/owner
        GET /host/{business_id:uuid}/members/{user_id}/owner
        POST /host/{business_id:uuid}/members/{user_id}/owner
    """,
    ),
    (
        STRANGER,
        """
        POST /api/v1/invitations/{token}/accept
        POST /api/v1/invitations/{token}/decline
        POST /invitations/{token}/accept
        POST /invitations/{token}/decline
    """,
    ),
    (
        ADMIN,
        """
        GET /api/v1/admin/people
        GET /api/v1/admin/people/{user_id}
        POST /api/v1/admin/people/{user_id}/suspend
        POST /api/v1/admin/people/{user_id}/reactivate
        POST /api/v1/admin/people/{user_id}/roles/{role}/{change}
        POST /api/v1/admin/people/{user_id}/act
        GET /api/v1/admin/audit
    """,
    ),
    (
        SIGNED_IN,
        """
        POST /api/v1/auth/acting/stop
    """,
    ),
)
TABLE: Mapping[tuple[str, str], Rule] = {
    (line.split()[0], line.split()[1]): rule for rule, lines in _ROWS for line in lines.split("\n") if line.strip()
}

STAY = {"resource_id": "@resource_id", "arrival": "2026-10-01", "departure": "2026-10-03"}
PICTURE = {"files": {"file": ("a.png", b"not a picture", "image/png")}}
FIRM = {"business.name": "Sea and Sons", "business.type": "HOME", "business.description": ""}

# What a route is asked with, where its name and its description do not say enough: `path` names other things of the
# world (or says a word), `query`, and `send`. "@" stands before the name of an id.
GIVEN: Mapping[tuple[str, str], Mapping[str, Any]] = {
    **{
        (method, path): {"path": {"user_id": "staff_id"}}
        for method, path in (
            ("PATCH", "/api/v1/businesses/{business_id}/members/{user_id}"),
            ("DELETE", "/api/v1/businesses/{business_id}/members/{user_id}"),
            ("GET", "/host/{business_id:uuid}/members/{user_id}/remove"),
            ("POST", "/host/{business_id:uuid}/members/{user_id}/remove"),
            ("GET", "/host/{business_id:uuid}/members/{user_id}/owner"),
            ("POST", "/host/{business_id:uuid}/members/{user_id}/owner"),
        )
    },
    ("POST", "/host/{business_id:uuid}/members/{user_id}/role"): {
        "path": {"user_id": "staff_id"},
        "send": {"data": {"role": "manager"}},
    },
    ("PUT", "/api/v1/businesses/{business_id}/owner"): {"send": {"json": {"user_id": "@staff_id"}}},
    ("POST", "/api/v1/businesses/{business_id}/invitations"): {
        "send": {"json": {"email": "new@example.com", "role": "staff"}}
    },
    ("POST", "/host/{business_id:uuid}/invitations"): {"send": {"data": {"email": "new@example.com", "role": "staff"}}},
    ("PUT", "/api/v1/users/preferences"): {"send": {"json": {}}},
    ("PUT", "/api/v1/users/profile"): {"send": {"json": {}}},
    # Opened in several commits, of which a rollback here would leave nothing to read: so it stops at the form.
    ("POST", "/api/v1/businesses/{business_id}/payout-account"): {"send": {"json": {"email": "none", "country": "FR"}}},
    ("POST", "/admin/identity/{check_id}/{decision}"): {"path": {"decision": "refuse"}},
    ("PUT", "/api/v1/admin/identity-checks/{check_id}/{decision}"): {"path": {"decision": "refuse"}},
    ("GET", "/admin/identity/{check_id}/files/{side}"): {"path": {"side": "front"}},
    ("GET", "/api/v1/admin/identity-checks/{check_id}/files/{side}"): {"path": {"side": "front"}},
    ("GET", "/admin/promotions/triggers/{name}"): {"path": {"name": "signup"}},
    ("POST", "/admin/promotions/triggers/{name}"): {"path": {"name": "signup"}},
    ("GET", "/api/v1/admin/gift-rules/{name}"): {"path": {"name": "signup"}},
    ("PUT", "/api/v1/admin/gift-rules/{name}"): {"path": {"name": "signup"}},
    ("POST", "/api/v1/bookings/{booking_id}/goodwill"): {
        "send": {"json": {"amount": 100, "currency": "EUR", "reason": "For the noise", "borne_by": "host"}}
    },
    ("POST", "/admin/businesses/{business_id}/{action}"): {"path": {"action": "suspend"}},
    ("POST", "/api/v1/admin/businesses/{business_id}/{action}"): {"path": {"action": "suspend"}},
    ("POST", "/admin/properties/{property_id}/{action}"): {"path": {"action": "suspend"}},
    ("POST", "/api/v1/admin/properties/{property_id}/{action}"): {"path": {"action": "suspend"}},
    ("POST", "/admin/factor-resets/{reset_id}/{decision}"): {"path": {"decision": "refuse"}},
    ("POST", "/admin/people/{user_id:uuid}/roles/{role}/{change}"): {"path": {"role": "host", "change": "grant"}},
    ("POST", "/api/v1/admin/people/{user_id}/roles/{role}/{change}"): {"path": {"role": "host", "change": "grant"}},
    ("POST", "/admin/payments/dead-letters/{letter_id}/{action}"): {"path": {"action": "resolve"}},
    ("POST", "/api/v1/businesses/{business_id}/{action}"): {"path": {"action": "deactivate"}},
    ("POST", "/host/business/{action}"): {"path": {"action": "deactivate"}},
    ("POST", "/host/business"): {"send": {"data": FIRM}},
    ("PUT", "/api/v1/admin/payouts/holds/{hold_id}/release"): {"path": {"hold_id": "hold_of_payout"}},
    ("POST", "/admin/payouts/holds/{hold_id}/release"): {"path": {"hold_id": "hold_of_payout"}},
    ("GET", "/admin/ledger/accounts/{account_id}"): {"path": {"account_id": "account"}},
    ("GET", "/host/bookings/{booking_id}/money/{deed}"): {"path": {"deed": "refund"}},
    ("POST", "/host/bookings/{booking_id}/money/{deed}"): {"path": {"deed": "refund"}},
    ("POST", "/host/listings/{resource_id}/photos/{media_id}/{action}"): {"path": {"action": "first"}},
    ("GET", "/account/security/remove/{kind}"): {"path": {"kind": "totp"}},
    ("POST", "/account/security/remove/{kind}"): {"path": {"kind": "totp"}},
    ("GET", "/problems/{code}"): {"path": {"code": "not_found"}},
    ("GET", "/sitemaps/stays-{part}.xml"): {"path": {"part": "1"}},
    ("GET", "/shared/{token}"): {"path": {"token": "share_token"}},
    ("GET", "/api/v1/wishlists/shared/{token}"): {"path": {"token": "share_token"}},
    ("POST", "/wishlists/{wishlist_id}/items/{resource_id}/move"): {"send": {"data": {"wishlist_id": "@wishlist_id"}}},
    ("POST", "/wishlists/save"): {"send": {"data": {"resource_id": "@resource_id", "save": "yes"}}},
    ("GET", "/calendars/{secret}.ics"): {"path": {"secret": "secret"}},
    ("GET", "/api/v1/businesses/{business_id}/statements/{month}.{form}"): {
        "path": {"month": "2026-05", "form": "csv"}
    },
    ("GET", "/host/invoices.csv"): {"query": "?month=2026-05"},
    ("GET", "/search/at"): {"query": "?lat=48.9&lng=2.3"},
    ("GET", "/api/v1/resources/{resource_id}/slots"): {"path": {"resource_id": "timed"}, "query": "?day=2026-06-10"},
    ("POST", "/api/v1/bookings"): {"send": {"json": STAY}},
    ("POST", "/api/v1/holds"): {"send": {"json": STAY}},
    ("POST", "/api/v1/resources/{resource_id}/feeds"): {
        "send": {"json": {"name": "Other", "url": "https://other.example/b.ics"}}
    },
    ("POST", "/api/v1/properties/{property_id}/media"): {"send": PICTURE},
    ("PUT", "/api/v1/users/me/photo"): {"send": PICTURE},
    ("POST", "/api/v1/users/me/identity-checks"): {"send": PICTURE},
}
