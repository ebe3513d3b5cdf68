"""One small world with somebody of every kind, and something of everything that a route can name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.booking.contracts import BookingStatus, Party
from hospes.modules.booking.use_cases.place_hold import place_hold
from hospes.modules.identity.contracts import User
from hospes.modules.pricing.contracts import RuleKind
from hospes.modules.promotions.contracts import Bearer
from hospes.modules.promotions.contracts.gifts import Gift, GiftKind
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from tests.builders.booking import NOW, Stay, a_booking
from tests.builders.catalog import a_business, a_picture, a_property, a_resource
from tests.builders.identity import a_host, a_user, an_admin
from tests.builders.members import an_invitation
from tests.builders.pricing import a_plan, a_rate, a_restriction, a_rule
from tests.builders.promotions import a_coupon
from tests.builders.schedules import a_departure, with_schedule

LATER = NOW + timedelta(days=5)


class UndoneDatabase(Database):
    """Every write is rolled back, so that each request finds the world as it was."""

    def __init__(self, real: Database) -> None:
        self._real = real

    @property
    def keyring(self) -> Any:
        return self._real.keyring

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteTx]:
        with suppress(_Undo):
            async with self._real.write() as tx:
                yield tx
                await tx.flush()
                raise _Undo

    def read(self) -> Any:
        return self._real.read()


class _Undo(Exception):
    pass


@dataclass
class World:
    """People by kind, and ids by the name a route gives them."""

    people: dict[str, User] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)


async def build(tx: WriteTx) -> World:
    """Everything belongs to the business of `owner`, who has a manager and staff; `guest` has booked there."""
    world = World()
    await _people(tx, world)
    await _shop(tx, world)
    await _team(tx, world)
    await _bookings(tx, world)
    await _odds(tx, world)
    await _kept(tx, world)
    return world


async def _people(tx: WriteTx, world: World) -> None:
    people = world.people
    for kind in ("guest", "stranger"):
        people[kind] = await a_user(tx)
    for kind in ("host", "owner", "manager", "staff", "other_owner"):
        people[kind] = await a_host(tx)
    for kind in ("professional", "partner", "premium"):
        people[kind] = await a_user(tx, roles=("guest", kind))
    people["admin"] = await an_admin(tx)
    world.ids["user_id"] = str(people["stranger"].id)


async def _shop(tx: WriteTx, world: World) -> None:
    people, ids = world.people, world.ids
    business = await a_business(tx, owner_id=people["owner"].id)
    await a_business(tx, owner_id=people["other_owner"].id, name="Elsewhere")
    for role in ("manager", "staff"):
        await put(tx, "catalog.business_member", business_id=business.id, user_id=people[role].id, role=role)
    place = await a_property(tx, business_id=business.id)
    picture = await a_picture(tx, place.id)
    night = await a_resource(tx, property_id=place.id, units=2, kind="HOTEL_ROOM", pooled=True)
    timed = await a_resource(tx, property_id=place.id, kind="DESK", mode="timed", name="A desk")
    tour = await a_resource(tx, property_id=place.id, kind="TOUR", mode="departure", name="A walk")
    for each in (night, timed, tour):
        await a_rate(tx, each.resource_id)
    await with_schedule(tx, timed.resource_id)
    _, departure = await a_departure(tx, tour.resource_id)
    plan = await a_plan(tx, night.resource_id, "standard")
    rule = await a_rule(tx, night.resource_id, RuleKind.WEEKDAY, weekdays=8, adjust_bp=-2_000)
    limit = await a_restriction(tx, night.resource_id, min_advance_days=1)
    coupon = await a_coupon(tx, "HOUSE", borne_by=Bearer.HOST, business_id=business.id, source="host")
    await a_coupon(tx, "ALLOFUS")
    ids |= {
        "business_id": str(business.id),
        "property_id": str(place.id),
        "media_id": str(picture.id),
        "resource_id": str(night.resource_id),
        "timed": str(timed.resource_id),
        "tour": str(tour.resource_id),
        "unit_id": str(night.unit_ids[0]),
        "departure_id": str(departure),
        "plan_id": str(plan.id),
        "rate_plan_id": str(plan.id),
        "rule_id": str(rule.id),
        "price_rule_id": str(rule.id),
        "restriction_id": str(limit.id),
        "coupon_id": str(coupon.id),
    }
    world.ids["_stay"] = night  # type: ignore[assignment]


async def _team(tx: WriteTx, world: World) -> None:
    """Somebody is invited: `stranger`, by the owner."""
    ids, people = world.ids, world.people
    ids["staff_id"] = str(people["staff"].id)
    invitation, link = await an_invitation(
        tx, UUID(ids["business_id"]), by=people["owner"].id, email=people["stranger"].email
    )
    ids |= {"invitation_id": str(invitation.id), "token": link}


async def _bookings(tx: WriteTx, world: World) -> None:
    ids, guest = world.ids, world.people["guest"].id
    stay = Stay(ids.pop("_stay"), guest)  # type: ignore[arg-type]
    booked = await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
    ids["booking_id"] = str(booked.id)
    unpaid = await a_booking(tx, stay, arrival=date(2026, 8, 1), departure=date(2026, 8, 3))
    ids["unpaid"] = str(unpaid.id)
    kept = await place_hold(
        tx,
        guest_id=guest,
        resource_id=stay.resource_id,
        arrival=date(2026, 8, 10),
        departure=date(2026, 8, 12),
        party=Party(2),
        now=NOW,
    )
    ids["hold_id"] = str(kept.id)
    row = await tx.find("SELECT id FROM payments.payment WHERE booking_id = %s", (booked.id,))
    attempt = await tx.find("SELECT id, payment_id FROM payments.attempt ORDER BY created_at LIMIT 1")
    claim = await tx.find("SELECT id FROM inventory.claim WHERE owner_id = %s", (booked.id,))
    assert row
    assert attempt
    assert claim
    ids |= {"payment_id": str(row["id"]), "claim_id": str(claim["id"])}
    ids["dispute_id"] = await put(
        tx,
        "payments.dispute",
        provider="sandbox",
        ref="dp_1",
        payment_id=row["id"],
        amount=100,
        currency="EUR",
        status="open",
        opened_at=NOW,
        evidence_due=LATER,
    )
    ids["letter_id"] = await put(
        tx,
        "payments.dead_letter",
        attempt_id=attempt["id"],
        payment_id=attempt["payment_id"],
        reason="x",
        created_at=NOW,
    )
    ids["attention_id"] = await put(
        tx, "booking.attention", booking_id=booked.id, event_id=new_id(), kind="x", data=Jsonb({}), created_at=NOW
    )


async def _odds(tx: WriteTx, world: World) -> None:
    ids, guest, admin = world.ids, world.people["guest"].id, world.people["admin"].id
    house = {"resource_id": UUID(ids["resource_id"])}
    ids["feed_id"] = await put(
        tx,
        "inventory.feed",
        **house,
        name="Other",
        url="https://other.example/a.ics",
        next_try_at=LATER,
        created_at=NOW,
    )
    ids["outage_id"] = await put(
        tx,
        "inventory.outage",
        **house,
        unit_id=UUID(ids["unit_id"]),
        nights="[2026-09-01,2026-09-03)",
        reason="Paint",
        created_at=NOW,
    )
    ids["secret"] = "s" * 43
    await put(tx, "inventory.export_address", no_id=True, **house, secret=ids["secret"], rotated_at=NOW)
    ids["method_id"] = await put(
        tx,
        "payments.saved_method",
        user_id=guest,
        provider="sandbox",
        token="tok_1",
        brand="visa",
        last4="4242",
        created_at=NOW,
    )
    ids["series_id"] = await put(
        tx,
        "booking.series",
        guest_id=guest,
        business_id=UUID(ids["business_id"]),
        **house,
        every_weeks=1,
        created_at=NOW,
    )
    ids["campaign_id"] = await put(
        tx,
        "promotions.campaign",
        name="May",
        audience="guests",
        gives=Jsonb(Gift(GiftKind.PERCENT, 30, percent_bp=1000).as_json()),
        starts_at=LATER,
        ends_at=LATER + timedelta(days=3),
        status="scheduled",
        created_at=NOW,
        updated_at=NOW,
    )
    await put(tx, "ledger.account", no_id=True, kind="platform", owner="x", currency="EUR", opened_at=NOW)
    account = await tx.find("SELECT max(id) AS id FROM ledger.account")
    assert account
    ids["account"] = str(account["id"])
    await put(
        tx,
        "payouts.account",
        business_id=UUID(ids["business_id"]),
        provider="sandbox",
        email="owner@example.com",
        country="ES",
        ref="acct_1",
        status="enabled",
        created_at=NOW,
    )
    ids["hold_of_payout"] = await put(
        tx,
        "payouts.hold",
        business_id=UUID(ids["business_id"]),
        kind="admin",
        reason="x",
        placed_at=NOW,
        placed_by=admin,
    )
    ids["finding_id"] = await put(
        tx,
        "payouts.finding",
        provider="sandbox",
        name="x",
        movement="charge",
        kind="missing_here",
        currency="EUR",
        theirs=100,
        at=NOW,
        found_at=NOW,
    )
    ids["reset_id"] = await put(
        tx, "identity.second_factor_reset", user_id=world.people["stranger"].id, status="asked", asked_at=NOW
    )
    ids["passkey_id"] = await put(
        tx,
        "identity.passkey",
        user_id=guest,
        credential_id=b"1",
        public_key=b"1",
        sign_count=0,
        name="Key",
        backed_up=False,
        created_at=NOW,
    )
    ids["device_id"] = await put(
        tx, "identity.device", user_id=guest, token_hash=b"1", name="Firefox", first_seen_at=NOW, last_seen_at=NOW
    )


async def _kept(tx: WriteTx, world: World) -> None:
    """A list of the guest's with a place on it, which is shared."""
    ids, guest = world.ids, world.people["guest"].id
    ids["share_token"] = "t" * 32
    ids["wishlist_id"] = await put(
        tx,
        "wishlists.list",
        user_id=guest,
        name="Summer",
        share_token=ids["share_token"],
        created_at=NOW,
        updated_at=NOW,
    )
    await put(
        tx,
        "wishlists.item",
        no_id=True,
        list_id=UUID(ids["wishlist_id"]),
        user_id=guest,
        resource_id=UUID(ids["resource_id"]),
        saved_at=NOW,
    )


async def put(tx: WriteTx, table: str, *, no_id: bool = False, **values: Any) -> str:
    """A plain row; its id."""
    row = values if no_id else {"id": new_id(), **values}
    if table == "catalog.business_member":
        row = values
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    await tx.run(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(row.values()))  # type: ignore[arg-type]
    return str(row.get("id", ""))
