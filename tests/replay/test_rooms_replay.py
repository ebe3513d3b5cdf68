"""Made-up bookings through the booking core by room type: what comes of them, and every invariant seen to break."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from bench.replay_checks import INVARIANTS, check, compare
from bench.replay_cli import Report, breaches, main, replay
from bench.replay_rows import Expected, Stay, expect, read, rooms_of, schedule

from tests.conftest import Servers
from tests.replay.rooms_sample import a_row, odd_rows, some_rows, write

Conn = psycopg.Connection[Any]
DROP_GUARD = "ALTER TABLE inventory.night_count DROP CONSTRAINT night_never_above_capacity;"
FULL = (
    "(SELECT n.ctid FROM inventory.night_count n WHERE n.claimed = n.capacity ORDER BY n.resource_id, n.night LIMIT 1)"
)
ROOMY = (
    "(SELECT n.ctid FROM inventory.night_count n WHERE n.claimed < n.capacity ORDER BY n.resource_id, n.night LIMIT 1)"
)
ONE = "(SELECT b.id FROM booking.booking b WHERE b.status = 'completed' ORDER BY b.created_at LIMIT 1)"
REFUSED = {"book_stay no_adult": 1, "book_stay not_available": 6, "book_stay too_many_guests": 1}
ENDED = {"completed": 85, "cancelled": 57, "no_show": 6}
STEP = f"booking.history WHERE booking_id = {ONE} AND action ="


@dataclass(frozen=True)
class Done:
    """A finished replay, and where it happened."""

    url: str
    stays: list[Stay]
    report: Report


@pytest.fixture(scope="module")
async def done(running: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Done]:
    file = write(tmp_path_factory.mktemp("replay") / "bookings.csv", odd_rows() + some_rows(150, 1))
    stays, _, _ = read(file)
    with psycopg.connect(running.url("postgres"), autocommit=True) as conn:
        conn.execute("CREATE DATABASE replayed TEMPLATE hospes STRATEGY FILE_COPY")
        yield Done(running.url("replayed"), stays, await replay(running.url("replayed"), stays))
        conn.execute("DROP DATABASE replayed WITH (FORCE)")


@pytest.fixture
def conn(done: Done) -> Iterator[Conn]:
    """What is broken here is mended afterwards."""
    with psycopg.connect(done.url) as opened:
        yield opened
        opened.rollback()


def found(conn: Conn) -> dict[str, int]:
    return {name: each.breaches for name, each in check(conn).items() if each.breaches}


def test_a_replay_ends_as_a_plain_counter_says_and_breaks_nothing(done: Done) -> None:
    report = done.report
    assert breaches(report) == []
    assert set(report["invariants"]) == {*INVARIANTS, "ended_otherwise_than_counted"}
    expected = expect(schedule(done.stays), rooms_of(done.stays))
    assert report["refused"] == REFUSED
    assert len(expected.refusals) == sum(REFUSED.values())
    assert report["bookings"]["ended"] == ENDED
    assert report["bookings"]["made"] == sum(ENDED.values()) == 156 - sum(REFUSED.values())
    assert report["bookings"]["left_before_the_booked_day"] == 1
    ran = {kind: count for kind, count in report["commands"].items() if kind != "start_and_complete_due"}
    assert ran == {
        "book_stay": 156,
        "confirm_paid": sum(ENDED.values()),
        "cancel_booking": ENDED["cancelled"],
        "mark_no_show": ENDED["no_show"],
    }
    # every stay begins by the clock, and ends by it unless nobody came
    assert report["moved_by_clock"] == 2 * ENDED["completed"] + ENDED["no_show"]


async def test_with_as_many_rooms_as_were_ever_booked_nobody_is_refused(tmp_path: Path, clone_url: str) -> None:
    stays, _, _ = read(write(tmp_path / "bookings.csv", some_rows(60, 3)))
    assert len(expect(schedule(stays), rooms_of(stays)).refusals) == 1
    report = await replay(clone_url, stays, live=True, connections=1)
    assert report["refused"] == {}
    assert report["bookings"]["made"] == 60
    assert breaches(report) == []


async def test_without_the_limit_of_rooms_the_oversale_is_seen(tmp_path: Path, clone_url: str) -> None:
    """The control: the core is told of more rooms than there are."""
    stays, _, _ = read(write(tmp_path / "bookings.csv", some_rows(60, 3)))
    assert breaches(await replay(clone_url, stays, live=True)) == []
    with psycopg.connect(clone_url) as conn:
        for room in rooms_of(stays).values():
            conn.execute(
                "UPDATE catalog.unit SET active = false WHERE resource_id = %s AND name::integer > %s",
                (room.id, room.capacity),
            )
        assert found(conn).keys() == {"night_was_above_capacity"}


CONTROLS: dict[str, tuple[str, dict[str, int]]] = {
    "a night counted once too often": (
        f"UPDATE inventory.night_count SET claimed = claimed + 1 WHERE ctid = {ROOMY}",
        {"night_count_differs_from_claims": 1},
    ),
    "a full night counted once too often": (
        f"{DROP_GUARD} UPDATE inventory.night_count SET claimed = claimed + 1 WHERE ctid = {FULL}",
        {"night_above_capacity": 1, "night_count_differs_from_claims": 1},
    ),
    "a night with a room less than are taken": (
        f"{DROP_GUARD} UPDATE inventory.night_count SET capacity = claimed - 1 WHERE ctid = {FULL}",
        {"night_above_capacity": 1},
    ),
    "a place taken in a full night and given back since": (
        "INSERT INTO inventory.claim (id, resource_id, during, first_night, last_night, kind, owner_id, created_at,"
        " released_at) SELECT gen_random_uuid(), resource_id, tstzrange(night, night + 1), night, night, 'booking',"
        f" gen_random_uuid(), '2030-01-01', '2030-01-02' FROM inventory.night_count WHERE ctid = {FULL}",
        {"night_was_above_capacity": 1},
    ),
    "a claim that is gone": (
        f"DELETE FROM inventory.claim WHERE owner_id = {ONE}",
        {"booking_without_claim": 1, "night_count_differs_from_claims": 3},
    ),
    "a claim of nobody": (
        f"UPDATE inventory.claim SET owner_id = gen_random_uuid() WHERE owner_id = {ONE}",
        {"booking_without_claim": 1, "claim_without_booking": 1},
    ),
    "a claim of other nights": (
        f"UPDATE booking.booking SET departure = departure + 1 WHERE id = {ONE}",
        {"booking_without_claim": 1},
    ),
    "the first step missing": (f"DELETE FROM {STEP} 'create'", {"history_incomplete": 1}),
    "a step missing between": (f"DELETE FROM {STEP} 'start'", {"history_incomplete": 1}),
    "the last step missing": (
        f"DELETE FROM {STEP} 'complete'",
        {"history_incomplete": 1, "history_ends_elsewhere": 1},
    ),
    "a step by someone who may not": (
        f"UPDATE booking.history SET actor = 'guest' WHERE booking_id = {ONE} AND action = 'start'",
        {"history_step_not_allowed": 1},
    ),
    "a status that no step has led to": (
        f"UPDATE booking.booking SET status = 'in_progress' WHERE id = {ONE}",
        {"history_ends_elsewhere": 1},
    ),
    "a line of another amount": (
        "UPDATE booking.booking SET terms = jsonb_set(terms, '{price,lines,0,amount}', '1')" + f" WHERE id = {ONE}",
        {"lines_do_not_sum_to_total": 1},
    ),
    "another total": (
        f"UPDATE booking.booking SET total = total + 1 WHERE id = {ONE}",
        {"lines_do_not_sum_to_total": 1, "payment_of_another_amount": 1},
    ),
    "a payment of another amount": (
        f"UPDATE payments.payment SET amount = amount - 1 WHERE booking_id = {ONE}",
        {"payment_of_another_amount": 1},
    ),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_what_is_broken_is_reported_and_nothing_else(conn: Conn, name: str) -> None:
    breaking, expected = CONTROLS[name]
    conn.execute(breaking)
    assert found(conn) == expected


def test_every_invariant_is_seen_to_break() -> None:
    assert {each for _, expected in CONTROLS.values() for each in expected} == set(INVARIANTS)


def test_a_row_that_ends_otherwise_is_named(conn: Conn) -> None:
    (booking,) = conn.execute(ONE.strip("()")).fetchone() or (UUID(int=0),)
    others = dict.fromkeys(conn.execute("SELECT id FROM booking.booking").fetchall())
    count = len(others)
    finding = compare(conn, {7: booking}, {8: "not_available"}, Expected({7: "cancelled"}, {8: "not_available"}))
    assert finding.examples == ("row 7: completed instead of cancelled",)
    assert finding.breaches == 1 + (count - 1)  # bookings of no row count too


def test_the_command_writes_its_results_and_ends_well(tmp_path: Path) -> None:
    file = write(tmp_path / "bookings.csv", [a_row(), a_row(adr="-1")])
    with pytest.raises(SystemExit) as ended:
        main([str(file), "--json", str(tmp_path / "results.json")])
    assert ended.value.code == 0
    report = json.loads((tmp_path / "results.json").read_text())
    assert report["rows"] == {"read": 2, "replayed": 1, "left_out": {"negative_adr": 1}}
    assert report["bookings"]["ended"] == {"completed": 1}
    # three nights at the median adr, where the service fee is no part of
    assert (report["bookings"]["nights_of_stays_at_adr"], report["bookings"]["nights_of_stays_at_our_rate"]) == (
        241.5,
        241.5,
    )


def test_a_file_that_cannot_be_read_is_a_fault_of_the_caller(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(write(tmp_path / "other.csv", [{"a": 1}]))])
    assert ended.value.code == 2
    assert "has no column adr," in capsys.readouterr().out
