"""What happened, as commands in the order of time, and their execution against the booking core."""

import asyncio
import time as clock
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

from bench.replay.rows import Row
from bench.replay.world import Hotel
from hospes.modules.booking import facade as booking
from hospes.modules.booking.contracts import Actor, BookingStatus, Party
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import Method
from hospes.modules.payments.providers.port import Succeeded
from hospes.modules.payments.use_cases.settle_attempt import settle_attempt
from hospes.platform.db import Database, WriteTx
from hospes.platform.errors import HospesError

HORIZON = timedelta(days=499)
SWEEP = 500


class Kind(IntEnum):
    """Commands; those of one instant go in this order."""

    CANCEL = 1
    NO_SHOW = 2
    SWEEP = 3
    BOOK = 4


HOURS = {Kind.NO_SHOW: time(20), Kind.SWEEP: time(22), Kind.BOOK: time(8), Kind.CANCEL: time(12)}


@dataclass(frozen=True, slots=True, order=True)
class Command:
    """One thing that happened on a day; `number` is the row, or 0."""

    at: datetime
    kind: Kind
    number: int


@dataclass
class Outcome:
    """What was done and refused, by kind and code."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    lost_stays: int = 0
    seconds: float = 0.0

    def add(self, other: "Outcome") -> None:
        """Both together."""
        self.done += other.done
        self.refused += other.refused
        self.lost_stays += other.lost_stays


def plan(rows: Sequence[Row]) -> list[Command]:
    """Every command in order: booked at 8, cancelled at noon, begun and ended at 22, missing guests noted at 20.

    What was booked longer ahead than the horizon of 500 days is booked at the horizon.
    """
    commands = []
    days: set[date] = set()
    for row in rows:
        earliest = row.departure - HORIZON
        booked = max(row.booked, earliest)
        commands.append(_command(booked, Kind.BOOK, row.number))
        if row.fate == "cancelled":
            commands.append(_command(max(row.ended, booked), Kind.CANCEL, row.number))
        elif row.fate == "no_show":
            commands.append(_command(row.arrival, Kind.NO_SHOW, row.number))
        days.update((row.arrival, row.departure))
    commands += [_command(day, Kind.SWEEP, 0) for day in days]
    return sorted(commands)


def _command(day: date, kind: Kind, number: int) -> Command:
    return Command(datetime.combine(day, HOURS[kind], UTC), kind, number)


class Replay:
    """The commands of one hotel, one transaction each."""

    def __init__(self, database: Database, hotel: Hotel, rows: Sequence[Row]) -> None:
        self._database = database
        self._hotel = hotel
        self._rows: Mapping[int, Row] = {row.number: row for row in rows}
        self._made: dict[int, UUID] = {}
        self.commands = plan(rows)
        self.outcome = Outcome()

    async def run(self, commands: Sequence[Command], tick: Callable[[], None]) -> None:
        """Execute these in order; refusals are counted by code, anything else raises."""
        for command in commands:
            await self._one(command)
            tick()

    async def _one(self, command: Command) -> None:
        steps: dict[Kind, Callable[[WriteTx, Command], Awaitable[str]]] = {
            Kind.BOOK: self._book,
            Kind.CANCEL: self._cancel,
            Kind.NO_SHOW: self._no_show,
            Kind.SWEEP: self._sweep,
        }
        try:
            async with self._database.write() as tx:
                done = await steps[command.kind](tx, command)
        except HospesError as refusal:
            self.outcome.refused[f"{command.kind.name.lower()}: {refusal.code}"] += 1
            if command.kind is Kind.BOOK and self._rows[command.number].fate == "stayed":
                self.outcome.lost_stays += 1
            return
        self.outcome.done[done] += 1

    async def _book(self, tx: WriteTx, command: Command) -> str:
        row = self._rows[command.number]
        made = await booking.book_stay(
            tx,
            guest_id=self._hotel.guest_id,
            resource_id=self._hotel.resource_id,
            arrival=row.arrival,
            departure=row.departure,
            party=Party(row.adults, row.children, min(row.infants, 5)),
            provider="sandbox",
            now=command.at,
        )
        await self._pay(tx, made.id, command.at)
        self._made[row.number] = made.id
        return "booked and paid"

    async def _pay(self, tx: WriteTx, booking_id: UUID, now: datetime) -> None:
        """As the worker does: the charge is recorded, the provider's answer settled, the booking confirmed."""
        payment = await payments.payment_of(tx, booking_id)
        assert payment is not None
        attempt = await payments.start_charge(tx, payment.id, Method(token="tok_replay"), now=now)
        answer = Succeeded(ref=f"ch_{booking_id}", amount=payment.amount)
        await settle_attempt(tx, attempt.id, answer, now)
        after = await booking.confirm_paid(tx, booking_id=booking_id, now=now)
        assert after.status is BookingStatus.CONFIRMED

    async def _cancel(self, tx: WriteTx, command: Command) -> str:
        return await self._if_made(
            command,
            lambda made: booking.cancel_booking(
                tx, booking_id=made, actor=Actor.GUEST, actor_id=self._hotel.guest_id, now=command.at
            ),
            "cancelled",
        )

    async def _no_show(self, tx: WriteTx, command: Command) -> str:
        return await self._if_made(
            command,
            lambda made: booking.mark_no_show(
                tx, booking_id=made, actor=Actor.HOST, actor_id=self._hotel.host_id, now=command.at
            ),
            "not shown up",
        )

    async def _if_made(self, command: Command, act: Callable[[UUID], Awaitable[Any]], done: str) -> str:
        made = self._made.get(command.number)
        if made is None:
            return "left out: the booking was refused"
        await act(made)
        return done

    async def _sweep(self, tx: WriteTx, command: Command) -> str:
        while await booking.start_and_complete_due(tx, limit=SWEEP, now=command.at) >= SWEEP:
            pass
        return "days begun and ended"


async def run_all(replays: Sequence[Replay], tick: Callable[[], None]) -> Outcome:
    """Every hotel in its own order; no hotel is ahead of another by more than an instant, for the clock is one."""
    turns: dict[datetime, list[list[Command]]] = {}
    for place, each in enumerate(replays):
        for command in each.commands:
            turns.setdefault(command.at, [[] for _ in replays])[place].append(command)
    started = clock.perf_counter()
    for at in sorted(turns):
        await asyncio.gather(*(each.run(turn, tick) for each, turn in zip(replays, turns[at], strict=True)))
    outcome = Outcome(seconds=clock.perf_counter() - started)
    for each in replays:
        outcome.add(each.outcome)
    return outcome
