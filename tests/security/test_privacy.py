"""A person with something in every module: their copy has it all, and after they are forgotten nobody finds them."""

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from hospes.entrypoints.wiring import subscribers, tasks
from hospes.modules.booking.contracts import BookingStatus
from hospes.modules.catalog.contracts import MemberRole
from hospes.modules.catalog.use_cases.invite_member import invite_member
from hospes.modules.identity import sessions
from hospes.modules.identity.contracts import Applicant, EmergencyContact, Side
from hospes.modules.identity.errors import DeletionNotYet, ExportUnderWay
from hospes.modules.identity.jobs import end_exports, forget_people
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.sealed import open_key
from hospes.modules.identity.showing_identity import place_of
from hospes.modules.identity.store import accounts, privacy
from hospes.modules.identity.use_cases.ask_deletion import ask_deletion
from hospes.modules.identity.use_cases.ask_export import ask_export
from hospes.modules.identity.use_cases.make_export import make_export, open_export
from hospes.modules.identity.use_cases.meet_device import meet_device
from hospes.modules.identity.use_cases.register_user import register_user
from hospes.modules.invoices import facade as invoices
from hospes.modules.invoices import queries as documents
from hospes.modules.invoices.contracts import Buyer, Seller
from hospes.modules.invoices.use_cases.issue_due import issue_due
from hospes.modules.invoices.use_cases.save_buyer import save_buyer
from hospes.modules.invoices.use_cases.save_seller import save_seller
from hospes.modules.wishlists.use_cases.create_list import create_list
from hospes.modules.wishlists.use_cases.save_listing import save_listing
from hospes.platform.ids import new_id
from hospes.platform.jobs import run_waiting
from hospes.platform.outbox import publish
from hospes.platform.relay import relay_once
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_booking, a_stay
from tests.builders.catalog import a_business, a_picture, a_property, a_resource
from tests.builders.identity import a_user, quick_hash
from tests.builders.pricing import a_rate
from tests.builders.promotions import a_credit
from tests.catalog.signed_in import bearer, runtime_of, sign_in, submit
from tests.conftest import NOW, FixedClock
from tests.security.scan import found_in_database

EMAIL, PHONE, STREET = "zsofia.quillfeather@example.com", "+34612345678", "17 Candlewick Yard"
WORDS = ("zsofia", "quillfeather", "612345678", "candlewick", "Babbage", "Quarrington")
APPLICANT = Applicant(EMAIL, "Zsofia", "Quillfeather", PHONE, date(1990, 5, 31), "en")
NOT_OURS = ("sandbox.",)  # the books of the shipped payment vendor, as they lie with any vendor


async def zsofia(rt: Runtime) -> UUID:
    """Somebody who has left traces in every module, as a guest and as a host."""
    now = rt.clock.now()
    async with rt.db.write() as tx:
        user = await register_user(tx, applicant=APPLICANT, password_hash="x", source="web", now=now)
        contact = EmergencyContact("Charles Babbage", "+442071234567", "friend")
        key = await _stored(rt, "ab/portrait.webp")
        await accounts.update_person(
            tx, user.id, now, city="Quarrington", bio=f"I am Zsofia of {STREET}", emergency_contact=contact
        )
        await tx.run(
            "UPDATE identity.user_account SET photo = %s, email_verified_at = %s WHERE id = %s", (key, now, user.id)
        )
        await meet_device(tx, user_id=user.id, token_hash=b"x" * 32, name="Firefox", now=now)
        await _as_somebody_known(rt, tx, user.id)
        await _as_guest(rt, tx, user.id)
        await _as_host(rt, tx, user.id)
    await _settle(rt)
    return user.id


async def _as_somebody_known(rt: Runtime, tx: Any, user_id: UUID) -> None:
    """A key for a program, and a document they showed."""
    now, check = rt.clock.now(), new_id()
    await tx.run(
        "INSERT INTO identity.api_key (id, user_id, name, prefix, secret_hash, scopes, per_minute, created_at)"
        " VALUES (%s, %s, 'Zsofia''s program', 'abcdefgh', %s, '{}', 60, %s)",
        (new_id(), user_id, b"x" * 32, now),
    )
    await tx.run(
        "INSERT INTO identity.identity_check (id, user_id, kind, country, expires_on, asked_at)"
        " VALUES (%s, %s, 'passport', 'ES', '2030-01-01', %s)",
        (check, user_id, now),
    )
    row = await tx.find("SELECT data_key FROM identity.user_account WHERE id = %s", (user_id,))
    place, key = place_of(user_id, check, Side.FRONT), f"private/identity/{check}/front.sealed"
    await rt.storage.put(key, open_key(rt.keyring, user_id, row["data_key"]).seal(b"a passport of Zsofia", place))
    await tx.run("INSERT INTO identity.identity_file VALUES (%s, 'front', %s)", (check, key))


async def _as_guest(rt: Runtime, tx: Any, user_id: UUID) -> None:
    now = rt.clock.now()
    stay = await a_stay(tx, guest_id=user_id)
    booking = await a_booking(tx, stay, status=BookingStatus.COMPLETED)
    await tx.run("UPDATE booking.booking SET message = %s WHERE id = %s", (f"Zsofia here, call {PHONE}", booking.id))
    await tx.run("UPDATE booking.history SET note = 'Quillfeather called' WHERE booking_id = %s", (booking.id,))
    await issue_due(tx, booking.id, now=now)
    buyer = Buyer("Zsofia Quillfeather", STREET, "1000", "Quarrington", "ES")
    await save_buyer(tx, booking_id=booking.id, buyer=buyer, now=now)
    await tx.run(
        "UPDATE payments.payment SET method = %s::jsonb WHERE booking_id = %s",
        (json.dumps({"holder": "Zsofia"}), booking.id),
    )
    await tx.run(
        "INSERT INTO payments.saved_method (id, user_id, provider, token, customer, brand, last4, created_at)"
        " VALUES (%s, %s, 'sandbox', 'tok', %s, 'visa', '4242', %s)",
        (new_id(), user_id, EMAIL, now),
    )
    await a_credit(tx, user_id)
    wishlist = await create_list(tx, user_id=user_id, name="Zsofia's summer", now=now)
    await save_listing(
        tx, user_id=user_id, resource_id=stay.resource_id, list_id=wishlist.id, note=f"Tell {EMAIL}", now=now
    )
    await tx.run("UPDATE promotions.wallet_entry SET note = 'for Zsofia' WHERE user_id = %s", (user_id,))
    await tx.run(
        "INSERT INTO platform.idempotency (caller, key, request_hash, status, body, expires_at)"
        " VALUES ('host', 'k', '', 201, %s, %s)",
        (b'{"guest": {"name": "Zsofia Quillfeather"}}', now + timedelta(days=1)),
    )
    await publish(tx, "booking.confirmed", booking.id, {"actor": "payment"}, now=now)


async def _as_host(rt: Runtime, tx: Any, user_id: UUID) -> None:
    now = rt.clock.now()
    business = await a_business(tx, owner_id=user_id, name="Quillfeather Homes")
    place = await a_property(tx, business_id=business.id, name="Zsofia's garden house", street=STREET)
    picture = await a_picture(tx, place.id)
    await _stored(rt, picture.storage_key)
    other = await a_business(tx, name="Elsewhere")
    for firm, by, email in ((other, other.owner_id, EMAIL), (business, user_id, "quarrington@example.com")):
        await invite_member(tx, business_id=firm.id, by=by, email=email, role=MemberRole.STAFF, now=now)
    room = await a_resource(tx, property_id=place.id, name="Zsofia's room")
    await a_rate(tx, room.resource_id)
    stay = Stay(room, (await a_user(tx)).id)
    booking = await a_booking(tx, stay, status=BookingStatus.COMPLETED)
    await save_seller(tx, Seller(business.id, "Zsofia Quillfeather", STREET, "1000", "Quarrington", "ES"), now=now)
    await issue_due(tx, booking.id, now=now)
    await tx.run(
        "INSERT INTO payouts.account (business_id, id, provider, email, country, ref, status, created_at)"
        " VALUES (%s, %s, 'sandbox', %s, 'ES', 'acct', 'enabled', %s)",
        (business.id, new_id(), EMAIL, now),
    )


async def _stored(rt: Runtime, key: str) -> str:
    await rt.storage.put(key, b"a picture of Zsofia")
    return key


async def _settle(rt: Runtime) -> None:
    """Events are told and jobs are done, until there are none."""
    for _ in range(4):
        async with rt.db.write() as tx:
            await relay_once(tx, subscribers(), now=rt.clock.now())
        await run_waiting(rt, tasks())


async def found(rt: Runtime) -> list[str]:
    """Where any of the words can be read: the database, Valkey, storage and the data folder."""
    async with rt.db.read() as tx:
        hits = [hit for hit in await found_in_database(tx.conn, WORDS) if not hit.startswith(NOT_OURS)]
    keys = [key async for key in rt.valkey.scan_iter("*")]
    for key in keys:
        kind = await rt.valkey.type(key)
        value = await rt.valkey.get(key) if kind == "string" else await rt.valkey.smembers(key) if kind == "set" else ""
        hits += [f"valkey {key}" for word in WORDS if word.lower() in f"{key} {value}".lower()]
    folder: Path = rt.settings.data_dir
    for file in (each for each in folder.rglob("*") if each.is_file()):
        raw = file.read_bytes().lower()
        hits += [f"file {file.relative_to(folder)}" for word in WORDS if word.lower().encode() in raw]
    return sorted(set(hits))


async def leave(rt: Runtime, clock: FixedClock, user_id: UUID) -> None:
    """Two weeks later nobody has changed their mind."""
    async with rt.db.write() as tx:
        await ask_deletion(tx, rt.ports.privacy, user_id=user_id, now=clock.now())
    clock.at += timedelta(days=14, minutes=1)
    await forget_people(rt)
    await _settle(rt)


async def test_after_somebody_is_forgotten_nobody_finds_them(runtime: Runtime, clock: FixedClock) -> None:
    user_id = await zsofia(runtime)
    async with runtime.db.read() as tx:
        user = (await people.find_users(tx, [user_id]))[0]
    await sessions.open_session(runtime.valkey, user, ip_address="", user_agent="", lasts=10**7, now=clock.now())
    before = await found(runtime)
    assert {hit.split(".")[0].split(" ")[0] for hit in before} >= {
        *("booking", "catalog", "file", "invoices", "notifications", "payments", "payouts", "platform", "promotions"),
        "wishlists",
        "valkey",
    }
    pictures = runtime.settings.data_dir / "media" / "private" / "identity"
    assert len(list(pictures.rglob("*.sealed"))) == 1
    await leave(runtime, clock, user_id)
    assert await found(runtime) == []
    assert list(pictures.rglob("*.sealed")) == []
    async with runtime.db.read() as tx:
        assert await people.find_by_email(tx, EMAIL) is None
        (gone,) = await people.find_users(tx, [user_id])
        row = await tx.find(
            "SELECT data_key, person, password_hash FROM identity.user_account WHERE id = %s", (user_id,)
        )
    assert (gone.name, gone.email, gone.roles) == ("Deleted account", "", frozenset())
    assert row == {"data_key": None, "person": None, "password_hash": None}


MODULES = (
    *("catalog", "booking", "payments", "promotions", "wishlists", "payouts", "invoices", "notifications", "identity"),
)


@pytest.mark.parametrize("name", MODULES)
async def test_control_a_module_that_takes_no_part_is_found(runtime: Runtime, clock: FixedClock, name: str) -> None:
    user_id = await zsofia(runtime)
    parts = [each for each in runtime.ports.privacy if each[0] != name]
    runtime.ports.privacy = tuple(parts)
    await leave(runtime, clock, user_id)
    if name == "identity":  # what it keeps is sealed: the person is known as long as the key is there
        async with runtime.db.read() as tx:
            assert await people.find_by_email(tx, EMAIL) is not None
    else:
        assert [hit for hit in await found(runtime) if hit.startswith((f"{name}.", "file "))] != []


async def test_the_law_keeps_invoices_and_the_host_can_still_print_them(runtime: Runtime, clock: FixedClock) -> None:
    user_id = await zsofia(runtime)
    async with runtime.db.read() as tx:
        rows = await tx.all("SELECT id FROM invoices.document ORDER BY id")
        before = [await documents.find_document(tx, row["id"]) for row in rows]
    await leave(runtime, clock, user_id)
    async with runtime.db.read() as tx:
        after = [await documents.find_document(tx, row["id"]) for row in rows]
    assert after == before
    assert len(after) >= 2
    for each in after:
        assert each is not None
        assert (await invoices.draw(each)).startswith(b"%PDF")


async def test_a_copy_has_everything_and_lies_sealed(runtime: Runtime, clock: FixedClock) -> None:
    user_id = await zsofia(runtime)
    async with runtime.db.write() as tx:
        export_id = await ask_export(tx, user_id=user_id, now=clock.now())
        with pytest.raises(ExportUnderWay):
            await ask_export(tx, user_id=user_id, now=clock.now())
    await _settle(runtime)
    async with runtime.db.read() as tx:
        export = await privacy.find_export(tx, export_id, user_id)
        letter = await tx.find("SELECT address FROM notifications.message WHERE kind = 'export_ready'")
    assert export is not None
    assert (export.status, export.ends_at) == ("ready", clock.now() + timedelta(days=7))
    assert letter == {"address": EMAIL}
    assert b"PK" not in (await runtime.storage.get(str(export.storage_key)))[:64]
    packed = await open_export(runtime, export_id, str(export.storage_key))
    assert len(packed) == export.size
    assert await make_export(runtime, export_id=export_id, user_id=user_id) is False, "it is made once"
    with zipfile.ZipFile(io.BytesIO(packed)) as copy:
        names = copy.namelist()
        folders = {name.split("/")[0] for name in names}
        page = copy.read("index.html").decode()
        (profile,) = json.loads(copy.read("identity/profile.json"))
        (booking,) = json.loads(copy.read("booking/bookings.json"))
        assert copy.read("photo.webp") == b"a picture of Zsofia"
        assert copy.read("identity-documents/2026-06-01-front.jpg") == b"a passport of Zsofia"
    assert folders >= set(MODULES)
    assert [name for name in names if name.startswith("invoices/") and name.endswith(".pdf")] != []
    assert [name for name in names if name.startswith("pictures/")] != []
    assert (profile["email"], profile["emergency_contact"]["name"]) == (EMAIL, "Charles Babbage")
    assert booking["message"] == f"Zsofia here, call {PHONE}"
    assert "Zsofia&#x27;s garden house" in page
    assert "<script" not in page


async def test_a_copy_ends_after_a_week(runtime: Runtime, clock: FixedClock) -> None:
    async with runtime.db.write() as tx:
        user = await a_user(tx)
        export_id = await ask_export(tx, user_id=user.id, now=clock.now())
    await _settle(runtime)
    async with runtime.db.read() as tx:
        export = await privacy.find_export(tx, export_id, user.id)
    assert export is not None
    clock.at += timedelta(days=7)
    await end_exports(runtime)
    await _settle(runtime)
    assert not (runtime.settings.data_dir / "media" / str(export.storage_key)).exists()
    async with runtime.db.read() as tx:
        over = await privacy.find_export(tx, export_id, user.id)
    assert over is not None
    assert over.status == "over"


def kinds(refusal: DeletionNotYet) -> set[str]:
    return {each["kind"] for each in refusal.extra["in_the_way"]}


async def test_who_has_something_under_way_cannot_leave_yet(runtime: Runtime, clock: FixedClock) -> None:
    async with runtime.db.write() as tx:
        stay = await a_stay(tx)
        booking = await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
        with pytest.raises(DeletionNotYet) as guests:
            await ask_deletion(tx, runtime.ports.privacy, user_id=stay.guest_id, now=clock.now())
        with pytest.raises(DeletionNotYet) as hosts:
            await ask_deletion(tx, runtime.ports.privacy, user_id=stay.owner_id, now=clock.now())
        await tx.run(
            "INSERT INTO payments.dispute (id, provider, ref, payment_id, amount, currency, status, opened_at)"
            " SELECT %s, 'sandbox', 'd', id, 100, 'EUR', 'open', %s FROM payments.payment WHERE booking_id = %s",
            (new_id(), clock.now(), booking.id),
        )
        await tx.run("UPDATE booking.booking SET status = 'completed' WHERE id = %s", (booking.id,))
        with pytest.raises(DeletionNotYet) as disputed:
            await ask_deletion(tx, runtime.ports.privacy, user_id=stay.guest_id, now=clock.now())
    assert kinds(guests.value) == {"stay_to_come"}
    assert kinds(hosts.value) == {"guests_to_come"}
    assert kinds(disputed.value) == {"dispute_open"}
    assert booking.reference in guests.value.detail


async def test_what_comes_in_between_puts_it_off_and_is_told_once(runtime: Runtime, clock: FixedClock) -> None:
    async with runtime.db.write() as tx:
        stay = await a_stay(tx)
        await ask_deletion(tx, runtime.ports.privacy, user_id=stay.guest_id, now=clock.now())
        booking = await a_booking(tx, stay, status=BookingStatus.CONFIRMED)
    for _ in range(2):
        clock.at += timedelta(days=15)
        await forget_people(runtime)
    async with runtime.db.read() as tx:
        told = await tx.all(
            "SELECT data->'in_the_way' AS why FROM platform.outbox WHERE type = 'user.deletion_put_off'"
        )
        waits = await privacy.find_deletion(tx, stay.guest_id)
    assert told == [{"why": ["stay_to_come"]}]
    assert waits is not None
    assert waits.due_at == clock.now() + timedelta(days=1)
    async with runtime.db.write() as tx:
        await tx.run("UPDATE booking.booking SET status = 'completed' WHERE id = %s", (booking.id,))
    clock.at += timedelta(days=1)
    await forget_people(runtime)
    async with runtime.db.read() as tx:
        (gone,) = await people.find_users(tx, [stay.guest_id])
    assert gone.email == ""


async def test_signing_in_takes_it_back(client: httpx.AsyncClient, clock: FixedClock) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        user = await a_user(tx)
    await sign_in(client, user)
    answer = await submit(client, "/account/privacy/delete", {})
    assert answer.status_code == 303
    assert (await client.get("/account")).status_code in (303, 401)
    async with rt.db.read() as tx:
        assert (await privacy.find_deletion(tx, user.id)) is not None
    clock.at += timedelta(days=13)
    await sign_in(client, user)
    clock.at += timedelta(days=2)
    await forget_people(rt)
    async with rt.db.read() as tx:
        assert (await privacy.find_deletion(tx, user.id)) is None
        assert (await people.find_users(tx, [user.id]))[0].email == user.email
        told = await tx.all("SELECT 1 FROM platform.outbox WHERE type = 'user.deletion_undone'")
    assert len(told) == 1


async def test_a_forgotten_address_can_sign_up_again(runtime: Runtime, clock: FixedClock) -> None:
    user_id = await zsofia(runtime)
    await leave(runtime, clock, user_id)
    async with runtime.db.write() as tx:
        again = await register_user(tx, applicant=APPLICANT, password_hash="x", source="web", now=clock.now())
    assert again.id != user_id


async def test_copies_are_their_own_over_the_api(client: httpx.AsyncClient) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        user, stranger = await a_user(tx), await a_user(tx)
    await sign_in(client, user)
    page = await client.get("/account/privacy/copy")
    assert page.status_code == 200
    assert (await submit(client, "/account/privacy/copy", {})).status_code == 303
    await _settle(rt)
    copies = (await client.get("/api/v1/users/me/exports")).json()["items"]
    assert [each["status"] for each in copies] == ["ready"]
    mine = await client.get(copies[0]["file"])
    assert (mine.status_code, mine.headers["content-type"]) == (200, "application/zip")
    assert mine.headers["content-disposition"].startswith("attachment")
    assert "Download" in (await client.get("/account/privacy")).text
    await client.post("/logout")
    client.cookies.clear()
    await sign_in(client, stranger)
    assert (await client.get(copies[0]["file"])).status_code == 404
    assert (await client.get(f"/account/privacy/copies/{copies[0]['id']}")).status_code == 404
    client.cookies.clear()
    assert (await client.get(copies[0]["file"])).status_code == 401


async def test_an_old_token_asks_for_the_password_first(client: httpx.AsyncClient, clock: FixedClock) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        user = await a_user(tx)
    headers = bearer(client, user)
    clock.at += timedelta(minutes=11)
    for path in ("export", "deletion"):
        answer = await client.post(f"/api/v1/users/me/{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_needed")


async def test_agreements_are_kept_with_version_and_time(client: httpx.AsyncClient) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        user = await register_user(
            tx, applicant=APPLICANT, password_hash=quick_hash("Correct-horse-7"), source="web", now=NOW
        )
    headers = bearer(client, user)
    first = (await client.get("/api/v1/users/me/consents", headers=headers)).json()["items"]
    assert [(each["kind"], each["version"], each["given"]) for each in first] == [
        ("privacy", "2026-11", True),
        ("terms", "2026-11", True),
    ]
    for given in (True, False):
        said = await client.put("/api/v1/users/me/consents", json={"marketing": given}, headers=headers)
        assert {each["kind"]: each["given"] for each in said.json()["items"]}["marketing"] is given
    async with rt.db.read() as tx:
        rows = await tx.all("SELECT given FROM identity.consent WHERE kind = 'marketing' ORDER BY id")
    assert [row["given"] for row in rows] == [True, False]
