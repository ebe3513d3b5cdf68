"""The replay itself: a world of two hotels, and the commands run through the booking core in order of time."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from bench.replay_rows import CHECK_IN, CHECK_OUT, ZONE, Command, Kind, Room, Stay
from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor
from hospes.platform.db import Database, WriteTx
from hospes.platform.errors import HospesError

OWNER, BUSINESS = UUID("00000000-0000-4000-9000-000000000001"), UUID("00000000-0000-4000-9000-000000000002")
GUESTS = 1_000
AT_ONCE = 200  # how many the clock moves in one transaction
_BORN = datetime(2013, 1, 1, tzinfo=UTC)


def guest_id(number: int) -> UUID:
    """Who makes booking `number`: a thousand guests take turns."""
    return UUID(f"00000000-0000-4000-9001-{number % GUESTS:012x}")


def furnish(url: str, rooms: Iterable[Room]) -> None:
    """The hotels with their pools at one rate a night, and the guests.

    The rules must not refuse what really happened: no notice, the longest stay and the largest party allowed, and a
    horizon that no lead time reaches, for which this database gives up the check on `horizon_days` (at most 500).
    Nothing is refundable, since no card is charged here and there is nothing to give back.
    """
    with psycopg.connect(url) as conn:
        conn.execute("ALTER TABLE catalog.resource DROP CONSTRAINT resource_horizon_days_check")
        people = [(OWNER, "owner@replay.example"), *((guest_id(n), f"guest{n}@replay.example") for n in range(GUESTS))]
        conn.cursor().executemany(
            "INSERT INTO identity.user_account (id, email, password_hash, first_name, last_name, created_at, updated_at)"
            " VALUES (%s, %s, 'x', 'A', 'Guest', %s, %s)",
            [(*person, _BORN, _BORN) for person in people],
        )
        conn.execute(
            "INSERT INTO catalog.business (id, owner_id, name, type, status, created_at, updated_at)"
            " VALUES (%s, %s, 'Replay', 'HOTEL', 'ACTIVE', %s, %s)",
            (BUSINESS, OWNER, _BORN, _BORN),
        )
        hotels: dict[str, UUID] = {}
        for room in rooms:
            if room.hotel not in hotels:
                hotels[room.hotel] = UUID(f"00000000-0000-4000-9002-{len(hotels):012x}")
                _add_hotel(conn, hotels[room.hotel], room.hotel)
            _add_room(conn, hotels[room.hotel], room)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")


def _add_hotel(conn: psycopg.Connection, hotel: UUID, name: str) -> None:
    conn.execute(
        "INSERT INTO catalog.property (id, business_id, name, city, country, latitude, longitude, zone, check_in_from,"
        " check_out_until, cancellation_policy, status, created_at, updated_at) VALUES (%s, %s, %s, 'Lisbon', 'PT',"
        " 38.7, -9.1, %s, %s, %s, 'non_refundable', 'approved', %s, %s)",
        (hotel, BUSINESS, name, ZONE, CHECK_IN, CHECK_OUT, _BORN, _BORN),
    )


def _add_room(conn: psycopg.Connection, hotel: UUID, room: Room) -> None:
    conn.execute(
        "INSERT INTO catalog.resource (id, property_id, kind, mode, pooled, name, max_guests, max_nights, horizon_days,"
        " created_at, updated_at) VALUES (%s, %s, 'HOTEL_ROOM', 'nightly', true, %s, %s, 365, 2000, %s, %s)",
        (room.id, hotel, room.name, room.max_guests, _BORN, _BORN),
    )
    conn.cursor().executemany(
        "INSERT INTO catalog.unit (id, resource_id, name) VALUES (gen_random_uuid(), %s, %s)",
        [(room.id, str(number)) for number in range(1, room.capacity + 1)],
    )
    conn.execute(
        "INSERT INTO pricing.rate (resource_id, currency, base_amount, updated_at) VALUES (%s, 'EUR', %s, %s)",
        (room.id, room.rate, _BORN),
    )


class Replay:
    """Commands run in order of time, with a note of what came of each."""

    def __init__(
        self,
        database: Database,
        rooms: Mapping[tuple[str, str], Room],
        *,
        connections: int = 4,
        told: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.bookings: dict[int, UUID] = {}
        self.refusals: dict[int, str] = {}
        self.refused: Counter[tuple[Kind, str]] = Counter()
        self.ran: Counter[Kind] = Counter()
        self.seconds_of: defaultdict[Kind, list[float]] = defaultdict(list)
        self.moved_by_clock = 0
        self.seconds = 0.0
        self._database, self._rooms, self._told = database, rooms, told
        self._free = asyncio.Semaphore(connections)

    async def run(self, commands: Sequence[Command]) -> None:
        """Run them all.

        The commands of one room type follow each other, each committed before the next; room types, which share no
        row, run beside each other. The clock concerns everyone: it waits for what comes before it, and what comes
        after waits for it.
        """
        started = time.perf_counter()
        for several, clock in _stretches(commands):
            of_kind: defaultdict[tuple[str, str], list[tuple[Command, Stay]]] = defaultdict(list)
            for command in several:
                if command.stay:
                    of_kind[command.stay.kind].append((command, command.stay))
            async with asyncio.TaskGroup() as group:
                for mine in of_kind.values():
                    group.create_task(self._in_order(mine))
            if clock:
                await self._tick(clock.at)
            self._told(len(several) + (clock is not None))
        self.seconds = time.perf_counter() - started

    async def _in_order(self, commands: Sequence[tuple[Command, Stay]]) -> None:
        for command, stay in commands:
            if command.kind is not Kind.BOOK and stay.number not in self.bookings:
                continue  # it was refused
            try:
                async with self._committed(command.kind) as tx:
                    await self._do(tx, command, stay)
            except HospesError as refusal:
                self.refused[command.kind, refusal.code] += 1
                if command.kind is Kind.BOOK:
                    self.bookings.pop(stay.number, None)
                    self.refusals[stay.number] = refusal.code

    async def _do(self, tx: WriteTx, command: Command, stay: Stay) -> None:
        now, guest = command.at, guest_id(stay.number)
        if command.kind is Kind.BOOK:
            booking = await facade.book_stay(
                tx, guest_id=guest, resource_id=self._rooms[stay.kind].id, arrival=stay.arrival,
                departure=stay.departure, party=stay.party, provider="sandbox", now=now,
            )  # fmt: skip
            self.bookings[stay.number] = booking.id
            return
        booking_id = self.bookings[stay.number]
        if command.kind is Kind.CONFIRM:
            await facade.confirm_paid(tx, booking_id=booking_id, now=now)
        elif command.kind is Kind.CANCEL:
            await facade.cancel_booking(tx, booking_id=booking_id, actor=Actor.GUEST, actor_id=guest, now=now)
        else:
            await facade.mark_no_show(tx, booking_id=booking_id, actor=Actor.HOST, actor_id=OWNER, now=now)

    async def _tick(self, now: datetime) -> None:
        moved = AT_ONCE
        while moved >= AT_ONCE:
            async with self._committed(Kind.CLOCK) as tx:
                moved = await facade.start_and_complete_due(tx, limit=AT_ONCE, now=now)
            self.moved_by_clock += moved

    @asynccontextmanager
    async def _committed(self, kind: Kind) -> AsyncIterator[WriteTx]:
        async with self._free:
            started = time.perf_counter()
            try:
                async with self._database.write() as tx:
                    yield tx
            finally:
                self.ran[kind] += 1
                self.seconds_of[kind].append(time.perf_counter() - started)


def _stretches(commands: Iterable[Command]) -> Iterator[tuple[list[Command], Command | None]]:
    """What lies between two ticks of the clock, with the tick that ends it."""
    several: list[Command] = []
    for command in commands:
        if command.kind is Kind.CLOCK:
            yield several, command
            several = []
        else:
            several.append(command)
    if several:
        yield several, None
