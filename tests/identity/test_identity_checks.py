"""A host shows who they are: what is stored, who may look, who decides, when it ends."""

import asyncio
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from hospes.modules.identity import events, jobs
from hospes.modules.identity.contracts import CheckStatus, DocumentKind, Side, User
from hospes.modules.identity.errors import IdentityCheckDecided
from hospes.modules.identity.policies.documents import faults_of_document
from hospes.modules.identity.privacy import erase, export
from hospes.modules.identity.queries import identity_checks as checks
from hospes.modules.identity.showing_identity import send_documents
from hospes.modules.identity.store import identity_checks as store
from hospes.modules.identity.use_cases.decide_identity_check import decide_identity_check
from hospes.platform.audit import list_entries
from hospes.platform.db import Database, WriteTx
from hospes.platform.errors import Forbidden, Invalid, NotFound
from hospes.platform.runtime import Runtime
from tests.builders.documents import an_identity_check
from tests.builders.identity import a_host, a_user, an_admin
from tests.catalog.samples import a_jpeg
from tests.catalog.signed_in import bearer, csrf_in, runtime_of, sign_in
from tests.conftest import NOW, FixedClock

MINE = "/api/v1/users/me/identity-checks"
QUEUE = "/api/v1/admin/identity-checks"
PLACE = "12 secret street"
SAID = {"kind": "id_card", "country": "FR", "expires_on": "2030-05-01"}


def pictures(raw: bytes | None = None) -> dict[str, Any]:
    """Front, back and selfie; the first carries EXIF with a place."""
    front = a_jpeg(90, 60, place=PLACE) if raw is None else raw
    return {
        "front": ("../../../etc/passwd.html", front, "text/html"),
        "back": ("b.jpg", a_jpeg(80, 50), "image/jpeg"),
        "selfie": ("me.jpg", a_jpeg(70, 70), "image/jpeg"),
    }


async def people(client: httpx.AsyncClient) -> tuple[User, User, User]:
    """A host, another host, an admin."""
    async with runtime_of(client).db.write() as tx:
        return await a_host(tx), await a_host(tx), await an_admin(tx)


async def sent(client: httpx.AsyncClient, host: User) -> str:
    """The id of a check that waits."""
    answer = await client.post(MINE, data=SAID, files=pictures(), headers=bearer(client, host))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def confirmed(client: httpx.AsyncClient, admin: User) -> None:
    """The client is this admin's browser, signed in just now."""
    client.cookies.clear()
    await sign_in(client, admin)


def stored(client: httpx.AsyncClient) -> dict[str, bytes]:
    """Every file of storage by its key."""
    folder = Path(runtime_of(client).settings.data_dir) / "media"
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def readable(found: dict[str, bytes]) -> list[str]:
    """Files in which a picture can be recognised, or words of its EXIF."""
    marks = (b"\xff\xd8\xff", b"JFIF", b"Exif", PLACE.encode(), b"\x89PNG", b"WEBP")
    return [key for key, raw in found.items() if any(mark in raw for mark in marks)]


async def test_what_is_sent_lies_sealed_in_the_private_part_and_no_address_serves_it(client: httpx.AsyncClient) -> None:
    host, _, admin = await people(client)
    check = await sent(client, host)
    found = stored(client)
    assert sorted(found) == [f"private/identity/{check}/{side}.sealed" for side in ("back", "front", "selfie")]
    assert readable(found) == []
    await confirmed(client, admin)
    for key in found:
        for path in (f"/media/{key}", f"/media/x/../{key}", f"/media/{key}%2f..%2ffront.jpg", f"/assets/../{key}"):
            assert (await client.get(path)).status_code == 404


async def test_control_a_plain_write_would_be_seen_by_the_scan(client: httpx.AsyncClient) -> None:
    await runtime_of(client).storage.put("private/identity/x/front.sealed", a_jpeg(90, 60, place=PLACE))
    assert readable(stored(client)) == ["private/identity/x/front.sealed"]


async def test_media_never_serves_the_private_part_even_under_the_name_of_a_picture(client: httpx.AsyncClient) -> None:
    storage = runtime_of(client).storage
    for key in ("private/identity/front.jpg", "public/front.jpg"):
        await storage.put(key, a_jpeg(90, 60))
    assert (await client.get("/media/private/identity/front.jpg")).status_code == 404
    assert (await client.get("/media/public/front.jpg")).status_code == 200  # control


async def test_an_admin_who_has_just_confirmed_sees_the_picture_written_anew_and_the_look_is_noted(
    client: httpx.AsyncClient,
) -> None:
    host, _, admin = await people(client)
    check = await sent(client, host)
    await confirmed(client, admin)
    page = await client.get(f"/admin/identity/{check}")
    assert page.status_code == 200
    assert host.email in page.text
    shown = await client.get(f"/admin/identity/{check}/files/front")
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "no-store, private"
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert PLACE.encode() not in shown.content
    with Image.open(io.BytesIO(shown.content)) as picture:
        assert picture.size == (90, 60)
    async with runtime_of(client).db.read() as tx:
        trail = await list_entries(tx, subject=host.id, action="identity_check.looked_at")
    assert [(each.actor_id, each.data["side"]) for each in trail] == [(admin.id, "front")]


async def test_nobody_else_may_look_at_or_decide_about_a_document(client: httpx.AsyncClient, clock: FixedClock) -> None:
    host, other, admin = await people(client)
    check = await sent(client, host)
    old = bearer(client, admin)
    clock.at = NOW + timedelta(minutes=11)
    file, decision = f"{QUEUE}/{check}/files/front", f"{QUEUE}/{check}/approve"
    assert (await client.get(file)).status_code == 401
    for person in (host, other):
        assert (await client.get(file, headers=bearer(client, person))).status_code == 403
        assert (await client.get(QUEUE, headers=bearer(client, person))).status_code == 403
        assert (await client.put(decision, json={}, headers=bearer(client, person))).status_code == 403
    answer = await client.get(file, headers=old)  # its password was given eleven minutes ago
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_needed")
    assert (await client.put(decision, json={}, headers=old)).json()["code"] == "step_up_needed"
    assert (await client.get(MINE, headers=bearer(client, other))).json()["items"] == []
    async with runtime_of(client).db.read() as tx:
        assert await list_entries(tx, subject=host.id, action="identity_check.looked_at") == []


async def test_pages_of_admins_are_closed_to_hosts_and_ask_for_the_password_again(
    client: httpx.AsyncClient, clock: FixedClock
) -> None:
    host, other, admin = await people(client)
    check = await sent(client, host)
    await confirmed(client, other)
    for path in ("/admin/identity", f"/admin/identity/{check}", f"/admin/identity/{check}/files/front"):
        assert (await client.get(path)).status_code == 403
    await confirmed(client, admin)
    clock.at = NOW + timedelta(minutes=11)
    for path in (f"/admin/identity/{check}", f"/admin/identity/{check}/files/front"):
        answer = await client.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/confirm?next=")


async def test_a_guest_is_not_asked_for_documents(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        guest = await a_user(tx)
    answer = await client.post(MINE, data=SAID, files=pictures(), headers=bearer(client, guest))
    assert answer.status_code == 403


@pytest.mark.parametrize("side", ["..%2ffront", "front.sealed", "%2e%2e", "front%00"])
async def test_a_side_that_is_a_path_leads_nowhere(client: httpx.AsyncClient, side: str) -> None:
    host, _, admin = await people(client)
    check = await sent(client, host)
    await confirmed(client, admin)
    answer = await client.get(f"{QUEUE}/{check}/files/{side}")
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "Choose a file to upload."),
        (b"%PDF-1.7\n%%EOF", "This is not a JPEG, PNG or WebP picture."),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "This is not a JPEG, PNG or WebP picture."),
        (b"\xff\xd8\xff<script>alert(1)</script>", "This picture cannot be read. It may be damaged."),
        (b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), "A file may have at most 10 MB."),
    ],
)
async def test_what_is_no_picture_is_refused_and_nothing_is_kept(
    client: httpx.AsyncClient, raw: bytes, said: str
) -> None:
    host, _, _ = await people(client)
    answer = await client.post(MINE, data=SAID, files=pictures(raw), headers=bearer(client, host))
    assert answer.status_code == 422
    assert answer.json()["code"] == "file_refused"
    assert answer.json()["errors"] == [{"field": "front", "message": said}]
    assert stored(client) == {}
    assert (await client.get(MINE, headers=bearer(client, host))).json()["items"] == []


async def test_a_country_that_is_none_is_a_fault_of_the_form(client: httpx.AsyncClient) -> None:
    host, _, _ = await people(client)
    said = SAID | {"country": "ZZ"}
    answer = await client.post(MINE, data=said, files=pictures(a_jpeg(90, 60)), headers=bearer(client, host))
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["country"]


async def test_a_second_file_hung_behind_a_picture_is_not_kept(client: httpx.AsyncClient) -> None:
    host, _, admin = await people(client)
    polyglot = a_jpeg(90, 60) + b"PK\x03\x04<script>alert('behind')</script>"
    answer = await client.post(MINE, data=SAID, files=pictures(polyglot), headers=bearer(client, host))
    assert answer.status_code == 201
    await confirmed(client, admin)
    shown = await client.get(f"{QUEUE}/{answer.json()['id']}/files/front")
    assert shown.status_code == 200
    assert b"behind" not in shown.content


async def test_more_than_three_pictures_can_weigh_is_cut_off(client: httpx.AsyncClient) -> None:
    host, _, _ = await people(client)
    answer = await client.post(MINE, data=SAID, files=pictures(bytes(32_000_000)), headers=bearer(client, host))
    assert answer.status_code == 413


async def test_the_form_says_what_is_missing_beside_each_field_and_keeps_what_was_typed(
    client: httpx.AsyncClient,
) -> None:
    host, _, _ = await people(client)
    await sign_in(client, host)
    shown = await client.get("/account/identity")
    form = {"csrf_token": csrf_in(shown), "kind": "driving_licence", "country": "ES", "expires_on": "2026-05-31"}
    front = {"front": ("f.jpg", a_jpeg(90, 60), "image/jpeg")}
    answer = await client.post("/account/identity", data=form, files=front)
    assert answer.status_code == 422
    assert "This document has expired." in answer.text
    assert "This kind of document has a back" in answer.text
    assert 'id="selfie-error"' in answer.text
    assert '<option value="ES" selected>' in answer.text
    assert 'value="2026-05-31"' in answer.text


async def test_a_host_sends_it_in_a_browser_and_an_admin_refuses_with_a_reason(client: httpx.AsyncClient) -> None:
    host, _, admin = await people(client)
    await sign_in(client, host)
    form = {"csrf_token": csrf_in(await client.get("/account/identity")), **SAID}
    assert (await client.post("/account/identity", data=form, files=pictures())).status_code == 303
    page = await client.get("/account/identity")
    assert "We are looking at it" in page.text
    again = await client.post("/account/identity", data={**form, "csrf_token": form["csrf_token"]}, files=pictures())
    assert again.status_code == 409
    await confirmed(client, admin)
    async with runtime_of(client).db.read() as tx:
        (check,) = await checks.list_checks_of(tx, host.id)
    queue = await client.get("/admin/identity")
    assert f'href="/admin/identity/{check.id}"' in queue.text
    token = csrf_in(await client.get(f"/admin/identity/{check.id}"))
    silent = await client.post(f"/admin/identity/{check.id}/refuse", data={"csrf_token": token})
    assert silent.status_code == 422
    assert "Say what is wrong" in silent.text
    said = {"csrf_token": token, "reason": "The corners <b>are</b> cut off."}
    assert (await client.post(f"/admin/identity/{check.id}/refuse", data=said)).status_code == 303
    late = await client.post(f"/admin/identity/{check.id}/approve", data={"csrf_token": token})
    assert late.status_code == 409
    await confirmed(client, host)
    page = await client.get("/account/identity")
    assert "The corners &lt;b&gt;are&lt;/b&gt; cut off." in page.text
    assert 'name="front"' in page.text


async def decide(db: Database, check_id: UUID, admin: UUID, status: CheckStatus, **given: Any) -> None:
    async with db.write() as tx:
        await decide_identity_check(
            tx,
            check_id=check_id,
            admin_id=admin,
            status=status,
            reason=given.get("reason", "Because."),
            expires_on=given.get("expires_on"),
            keep_files=timedelta(days=30),
            now=NOW,
        )


async def test_of_two_admins_who_decide_at_once_one_wins(db: Database) -> None:
    async with db.write() as tx:
        host, admins = await a_host(tx), [await an_admin(tx) for _ in range(8)]
        check_id = await an_identity_check(tx, host.id, status="waiting")
    results = await asyncio.gather(
        *(
            decide(db, check_id, admin.id, CheckStatus.APPROVED if at % 2 else CheckStatus.REFUSED)
            for at, admin in enumerate(admins)
        ),
        return_exceptions=True,
    )
    assert sum(each is None for each in results) == 1
    assert sum(isinstance(each, IdentityCheckDecided) for each in results) == 7
    async with db.read() as tx:
        trail = await list_entries(tx, subject=host.id, action="identity_check.")
        told = await tx.all("SELECT type FROM platform.outbox WHERE type LIKE 'user.identity%%'")
    assert len(trail) == 1
    assert len(told) == 1


async def test_control_looking_first_without_a_lock_lets_both_decide(db: Database) -> None:
    async with db.write() as tx:
        host, admins = await a_host(tx), [await an_admin(tx) for _ in range(2)]
        check_id = await an_identity_check(tx, host.id, status="waiting")
    looked = asyncio.Barrier(2)

    async def careless(admin: UUID, status: str) -> None:
        async with db.write() as tx:
            found = await checks.find_check(tx, check_id)
            assert found is not None
            assert found.status is CheckStatus.WAITING
            await looked.wait()
            await tx.run(
                "UPDATE identity.identity_check SET status = %s, reason = 'x', reviewed_by = %s, decided_at = %s,"
                " files_until = %s WHERE id = %s",
                (status, admin, NOW, NOW, check_id),
            )

    results = await asyncio.gather(
        careless(admins[0].id, "approved"), careless(admins[1].id, "refused"), return_exceptions=True
    )
    assert results == [None, None]


async def test_nobody_decides_about_themselves(db: Database) -> None:
    async with db.write() as tx:
        admin = await a_user(tx, roles=("host", "admin"))
        check_id = await an_identity_check(tx, admin.id, status="waiting")
    with pytest.raises(Forbidden):
        await decide(db, check_id, admin.id, CheckStatus.APPROVED)


async def test_an_admin_corrects_the_date_and_an_expired_document_is_not_approved(db: Database) -> None:
    async with db.write() as tx:
        host, admin = await a_host(tx), await an_admin(tx)
        check_id = await an_identity_check(tx, host.id, status="waiting")
    with pytest.raises(Invalid):
        await decide(db, check_id, admin.id, CheckStatus.APPROVED, expires_on=NOW.date())
    await decide(db, check_id, admin.id, CheckStatus.APPROVED, expires_on=date(2027, 2, 3), reason="")
    async with db.read() as tx:
        standing = await checks.find_standing(tx, host.id)
        assert standing.latest is not None
        assert (standing.verified, standing.latest.expires_on) == (True, date(2027, 2, 3))
        assert await checks.list_verified(tx, [host.id, admin.id]) == {host.id}


async def test_a_newer_document_takes_the_place_of_the_approved_one(db: Database) -> None:
    async with db.write() as tx:
        host, admin = await a_host(tx), await an_admin(tx)
        old = await an_identity_check(tx, host.id)
        new = await an_identity_check(tx, host.id, status="waiting")
    await decide(db, new, admin.id, CheckStatus.APPROVED)
    async with db.read() as tx:
        states = {each.id: each.status for each in await checks.list_checks_of(tx, host.id)}
    assert states == {old: CheckStatus.EXPIRED, new: CheckStatus.APPROVED}


async def test_a_document_that_ends_is_told_of_once_a_month_before_and_expires_on_its_day(
    runtime: Runtime, clock: FixedClock
) -> None:
    async with runtime.db.write() as tx:
        host = await a_host(tx)
        await an_identity_check(tx, host.id, expires_on=date(2026, 8, 1))

    async def types_at(at: datetime) -> list[str]:
        clock.at = at
        await jobs.end_checks(runtime)
        async with runtime.db.read() as tx:
            rows = await tx.all("SELECT type FROM platform.outbox WHERE aggregate_id = %s ORDER BY id", (host.id,))
        return [row["type"] for row in rows]

    assert await types_at(datetime(2026, 7, 1, tzinfo=UTC)) == []
    assert await types_at(datetime(2026, 7, 2, tzinfo=UTC)) == [events.IDENTITY_ENDING]
    assert await types_at(datetime(2026, 7, 31, tzinfo=UTC)) == [events.IDENTITY_ENDING]
    assert await types_at(datetime(2026, 8, 1, tzinfo=UTC)) == [events.IDENTITY_ENDING, events.IDENTITY_EXPIRED]
    async with runtime.db.read() as tx:
        standing = await checks.find_standing(tx, host.id)
    assert (standing.verified, standing.proven) == (False, True)


async def a_check_with_files(rt: Runtime, host: User) -> UUID:
    files = {Side.FRONT: a_jpeg(90, 60), Side.SELFIE: a_jpeg(70, 70)}
    check = await send_documents(
        rt, host.id, kind=DocumentKind.PASSPORT, country="FR", expires_on=date(2030, 1, 1), files=files
    )
    return check.id


async def test_files_are_deleted_thirty_days_after_the_decision_and_the_decision_stays(
    runtime: Runtime, clock: FixedClock
) -> None:
    async with runtime.db.write() as tx:
        host, admin = await a_host(tx), await an_admin(tx)
    check_id = await a_check_with_files(runtime, host)
    await decide(runtime.db, check_id, admin.id, CheckStatus.APPROVED)
    key = f"private/identity/{check_id}/front.sealed"
    clock.at = NOW + timedelta(days=29)
    await jobs.forget_documents(runtime)
    assert await runtime.storage.get(key)
    clock.at = NOW + timedelta(days=30)
    await jobs.forget_documents(runtime)
    with pytest.raises(NotFound):
        await runtime.storage.get(key)
    async with runtime.db.read() as tx:
        found = await checks.find_check(tx, check_id)
    assert found is not None
    assert (found.status, found.sides) == (CheckStatus.APPROVED, ())


async def test_a_person_who_leaves_takes_checks_and_files_with_them(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        host = await a_host(tx)
    check_id = await a_check_with_files(runtime, host)
    async with runtime.db.read() as tx:
        copy = await export(tx, host.id)
    (sheet,) = [each for each in copy.sheets if each.name == "identity-checks"]
    assert [(row["kind"], row["country"], row["status"]) for row in sheet.rows] == [("passport", "FR", "waiting")]
    async with runtime.db.write() as tx:
        files = await erase(tx, host.id, NOW)
        assert await checks.list_checks_of(tx, host.id) == []
    assert {f"private/identity/{check_id}/{side}.sealed" for side in ("front", "selfie")} <= set(files)


async def test_a_file_opens_only_in_its_own_place(runtime: Runtime) -> None:
    from hospes.modules.identity.sealed import open_key
    from hospes.platform.sealing import SealBroken

    async with runtime.db.write() as tx:
        host, other = await a_host(tx), await a_host(tx)
    check_id = await a_check_with_files(runtime, host)
    sealed = await runtime.storage.get(f"private/identity/{check_id}/front.sealed")
    async with runtime.db.read() as tx:
        keys = {user.id: await checks.find_data_key(tx, user.id) for user in (host, other)}
    place = f"identity.identity_file:{check_id}/{{}}:{host.id}"
    own = open_key(runtime.keyring, host.id, keys[host.id] or b"")
    assert own.unseal(sealed, place.format("front").encode()).startswith(b"\xff\xd8\xff")
    for key, side in ((own, "selfie"), (open_key(runtime.keyring, other.id, keys[other.id] or b""), "front")):
        with pytest.raises(SealBroken):
            key.unseal(sealed, place.format(side).encode())


async def test_one_document_waits_at_a_time_whoever_presses_twice(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        host = await a_host(tx)
    results = await asyncio.gather(*(a_check_with_files(runtime, host) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(each, UUID) for each in results) == 1
    folder = Path(runtime.settings.data_dir) / "media" / "private" / "identity"
    assert len(list(folder.rglob("*.sealed"))) == 2  # the losers left nothing behind


async def test_control_without_the_constraint_several_wait(tx: WriteTx) -> None:
    host = await a_host(tx)
    await tx.run("DROP INDEX identity.identity_check_one_waiting_per_person")
    for _ in range(2):
        await an_identity_check(tx, host.id, status="waiting")
    assert len(await checks.list_checks_of(tx, host.id)) == 2


def test_what_a_document_needs() -> None:
    both = {Side.FRONT, Side.SELFIE}
    today = date(2026, 6, 1)
    assert faults_of_document(DocumentKind.PASSPORT, date(2026, 6, 2), both, today=today) == {}
    assert list(faults_of_document(DocumentKind.ID_CARD, date(2026, 6, 1), (), today=today)) == [
        "expires_on",
        "front",
        "back",
        "selfie",
    ]
    assert list(faults_of_document(DocumentKind.PASSPORT, date(2060, 1, 1), both, today=today)) == ["expires_on"]


async def test_expired_ones_are_kept_apart_from_those_in_force(tx: WriteTx) -> None:
    host = await a_host(tx)
    await an_identity_check(tx, host.id, expires_on=date(2026, 6, 1))
    assert [row["user_id"] for row in await store.expire_checks(tx, date(2026, 6, 1))] == [host.id]
    assert await checks.list_verified(tx, [host.id]) == set()
    assert await checks.list_proven(tx, [host.id]) == {host.id}
