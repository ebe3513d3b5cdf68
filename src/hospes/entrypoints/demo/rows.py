"""The rows of a world, by table, and amounts as people set them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hospes.modules.search.policies.reference_rates import from_cents
from hospes.platform.money import exponent

Row = tuple[Any, ...]
Rows = list[Row]


@dataclass(slots=True)
class World:
    """Rows by table, ready to be copied."""

    user: Rows = field(default_factory=list)
    role: Rows = field(default_factory=list)
    business: Rows = field(default_factory=list)
    member: Rows = field(default_factory=list)
    property: Rows = field(default_factory=list)
    resource: Rows = field(default_factory=list)
    unit: Rows = field(default_factory=list)
    media: Rows = field(default_factory=list)
    rate: Rows = field(default_factory=list)
    day_price: Rows = field(default_factory=list)
    plan: Rows = field(default_factory=list)
    rule: Rows = field(default_factory=list)
    restriction: Rows = field(default_factory=list)
    schedule: Rows = field(default_factory=list)
    window: Rows = field(default_factory=list)
    exception: Rows = field(default_factory=list)
    departure: Rows = field(default_factory=list)
    claim: Rows = field(default_factory=list)
    night_count: Rows = field(default_factory=list)
    timed_claim: Rows = field(default_factory=list)
    booking: Rows = field(default_factory=list)
    item: Rows = field(default_factory=list)
    history: Rows = field(default_factory=list)
    payment: Rows = field(default_factory=list)
    journal: Rows = field(default_factory=list)
    attempt: Rows = field(default_factory=list)
    charge: Rows = field(default_factory=list)

    def tables(self) -> Iterator[tuple[str, Rows]]:
        """In the order they may be copied."""
        for name in self.__slots__:
            yield name, getattr(self, name)


COLUMNS = {
    "user": ("", "id,email,password_hash,first_name,last_name,born_on,created_at,updated_at"),  # sealed, see below
    "role": ("identity.role_grant", "user_id,role,granted_at"),
    "business": ("catalog.business", "id,owner_id,name,type,status,created_at,updated_at"),
    "member": ("catalog.business_member", "business_id,user_id,role"),
    "property": (
        "catalog.property",
        "id,business_id,name,description,street,city,country,latitude,longitude,zone,check_in_from,check_out_until,"
        "house_rules,amenities,cancellation_policy,status,created_at,updated_at,neighbourhood",
    ),
    "resource": (
        "catalog.resource",
        "id,property_id,kind,mode,pooled,name,description,max_guests,bedrooms,beds,bathrooms,amenities,instant,pets_allowed,"
        "min_nights,max_nights,notice_hours,rating_avg,rating_count,created_at,updated_at",
    ),
    "unit": ("catalog.unit", "id,resource_id,name,position"),
    "media": (
        "catalog.media",
        "id,property_id,resource_id,storage_key,content_type,width,height,alt,position,created_at",
    ),
    "rate": (
        "pricing.rate",
        "resource_id,currency,base_amount,cleaning_fee,service_fee_bp,taxes,updated_at,travel_fee,travel_per_km,"
        "child_amount,has_rules",
    ),
    "day_price": ("pricing.day_price", "resource_id,day,amount"),
    "plan": (
        "pricing.rate_plan",
        "id,resource_id,name,code,kind,parent_id,adjust_bp,meals,meals_amount,cancellation_policy,position",
    ),
    "rule": (
        "pricing.price_rule",
        "id,resource_id,kind,name,weekdays,first,last,adjust_bp,min_nights,max_nights,position",
    ),
    "restriction": (
        "pricing.restriction",
        "id,resource_id,first,last,weekdays,min_stay,min_stay_on_arrival,closed_to_arrival",
    ),
    "schedule": (
        "inventory.schedule",
        "resource_id,slot_minutes,step_minutes,longest_minutes,before_minutes,after_minutes,notice_minutes,horizon_days,"
        "max_per_day,travel_mode,radius_km,speed_kmh,home_latitude,home_longitude",
    ),
    "window": ("inventory.schedule_window", "resource_id,unit_id,weekday,opens,closes"),
    "exception": ("inventory.schedule_exception", "resource_id,day,unit_id,opens,closes,note"),
    "departure": (
        "inventory.departure",
        "id,resource_id,starts_at,ends_at,first_day,last_day,capacity,claimed,cutoff_minutes,min_group,max_group,"
        "price_amount,created_at,updated_at",
    ),
    "claim": (
        "inventory.claim",
        "id,resource_id,unit_id,quantity,during,first_night,last_night,kind,note,created_at",
    ),
    "night_count": ("inventory.night_count", "resource_id,night,capacity,overbooking,claimed"),
    "timed_claim": (
        "inventory.claim",
        "id,resource_id,unit_id,quantity,during,first_night,last_night,kind,owner_id,note,created_at,starts_at,ends_at,"
        "departure_id,latitude,longitude",
    ),
    "booking": (
        "booking.booking",
        "id,reference,guest_id,business_id,property_id,status,arrival,departure,check_in_at,check_out_at,adults,children,"
        "currency,total,terms,message,created_at,updated_at,mode",
    ),
    "item": ("booking.item", "id,booking_id,resource_id,claim_id,quantity"),
    "history": ("booking.history", "id,booking_id,at,actor,actor_id,action,from_status,to_status"),
    "payment": (
        "payments.payment",
        "id,booking_id,payer_id,provider,currency,amount,captured,status,created_at,updated_at",
    ),
    "attempt": (
        "payments.attempt",
        "id,payment_id,kind,amount,method,status,provider_ref,tries,created_at,updated_at",
    ),
    "journal": ("ledger.journal", "key,kind,about,currency,note,posted_at,kinds,owners,amounts"),
    "charge": ("sandbox.charge", "id,idempotency_key,token,amount,currency,status,created_at"),
}

SEALED = {
    "user": (
        "identity.user_account",
        "id,person,data_key,email_mark,phone_mark,birthday_mark,password_hash,email_verified_at,created_at,updated_at",
    ),
}


def nice(euros: float, currency: str) -> int:
    """An amount as people set it: no odd cents, rounder the larger it is."""
    amount = from_cents(euros * 100, currency) / 10 ** exponent(currency)
    step = 1.0
    while amount / step > 150:
        step *= 5 if str(step)[0] == "1" else 2
    return int(max(round(amount / step) * step, step) * 10 ** exponent(currency))


def minor(amount: float, currency: str) -> int:
    """An amount of a currency, such as 3.5 francs, in its minor units."""
    scale: int = 10 ** exponent(currency)
    return round(amount * scale)
