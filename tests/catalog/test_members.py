"""Who works for a business: invited, let in, given another part, sent away, made the owner."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from psycopg.errors import UniqueViolation

from hospes.entrypoints.wiring import subscribers, tasks
from hospes.modules.catalog.contracts import Business, MemberRole
from hospes.modules.catalog.errors import (
    AlreadyInvited,
    AlreadyMember,
    BusinessNotFound,
    CannotOwn,
    DraftInvalid,
    InvitationForAnother,
    InvitationNotFound,
    InvitationOver,
    InvitedRecently,
    NotYourPart,
    OwnerStays,
)
from hospes.modules.catalog.jobs import forget_invitations
from hospes.modules.catalog.queries import find_member_role, members
from hospes.modules.catalog.use_cases.answer_invitation import accept_invitation, decline_invitation, open_invitation
from hospes.modules.catalog.use_cases.change_member import change_member_role, remove_member
from hospes.modules.catalog.use_cases.hand_over import hand_over
from hospes.modules.catalog.use_cases.invite_member import invite_member, revoke_invitation, send_again
from hospes.modules.identity.contracts import User
from hospes.modules.identity.errors import EmailNotVerified
from hospes.modules.identity.tokens import sign_access_token
from hospes.modules.identity.use_cases.make_api_key import make_api_key
from hospes.modules.notifications import queries as messages
from hospes.modules.notifications.contracts import Kind
from hospes.modules.notifications.use_cases.send_message import filled
from hospes.platform.db import WriteTx
from hospes.platform.jobs import run_waiting
from hospes.platform.relay import relay_once
from hospes.platform.runtime import Runtime
from tests.builders.catalog import a_business, a_property, a_resource
from tests.builders.identity import a_host, a_user
from tests.builders.members import a_member, an_invitation
from tests.catalog.signed_in import bearer, csrf_in, runtime_of, sign_in
from tests.conftest import NOW, FixedClock

S, M, OWNER = MemberRole.STAFF, MemberRole.MANAGER, MemberRole.OWNER


async def ask(tx: WriteTx, business: Business, email: str, role: MemberRole = S, **given: Any) -> Any:
    values = {"by": business.owner_id, "now": NOW, **given}
    return await invite_member(tx, business_id=business.id, email=email, role=role, **values)


async def test_an_address_is_sealed_and_a_link_is_kept_as_a_hash_only(tx: WriteTx) -> None:
    business = await a_business(tx)
    made = await ask(tx, business, "Zsofia@example.com")
    row = await tx.find("SELECT * FROM catalog.invitation WHERE id = %s", (made.id,))
    event = await tx.find("SELECT data::text AS data FROM platform.outbox WHERE type = 'member.invited'")
    assert row
    assert event
    assert b"sofia" not in bytes(row["address"])
    assert "sofia" not in event["data"]
    assert made.address == "Zsofia@example.com"
    assert made.expires_at == NOW + timedelta(days=7)


async def test_the_answer_is_the_same_for_an_address_with_an_account_and_for_one_without(tx: WriteTx) -> None:
    business, known = await a_business(tx), await a_user(tx)
    made = [await ask(tx, business, each) for each in (known.email, "nobody@example.com")]
    assert {(each.status, each.role, each.expires_at) for each in made} == {("open", S, NOW + timedelta(days=7))}


async def test_who_accepts_works_there_and_is_a_host(tx: WriteTx) -> None:
    business, guest = await a_business(tx), await a_user(tx)
    _, link = await an_invitation(tx, business.id, by=business.owner_id, email=guest.email.upper(), role="manager")
    opened, user = await accept_invitation(tx, link=link, user_id=guest.id, now=NOW)
    assert opened.business.id == business.id
    assert user.roles == {"guest", "host"}
    assert await find_member_role(tx, business.id, guest.id) is M
    with pytest.raises(InvitationOver):
        await accept_invitation(tx, link=link, user_id=guest.id, now=NOW)


async def test_an_invitation_is_for_one_address_that_is_verified(tx: WriteTx) -> None:
    business, other = await a_business(tx), await a_user(tx)
    unproven = await a_user(tx, verified=False)
    _, link = await an_invitation(tx, business.id, by=business.owner_id, email=unproven.email)
    with pytest.raises(InvitationForAnother):
        await accept_invitation(tx, link=link, user_id=other.id, now=NOW)
    with pytest.raises(EmailNotVerified):
        await accept_invitation(tx, link=link, user_id=unproven.id, now=NOW)
    with pytest.raises(InvitationForAnother):
        await decline_invitation(tx, link=link, user_id=other.id, now=NOW)


async def test_a_link_is_worthless_once_revoked_declined_replaced_or_a_week_old(tx: WriteTx) -> None:
    business, guest = await a_business(tx), await a_user(tx)
    made, link = await an_invitation(tx, business.id, by=business.owner_id, email=guest.email)
    with pytest.raises(InvitationOver):
        await open_invitation(tx, link=link, now=NOW + timedelta(days=7))
    await send_again(
        tx, business_id=business.id, by=business.owner_id, invitation_id=made.id, now=NOW + timedelta(days=8)
    )
    with pytest.raises(InvitationOver):
        await open_invitation(tx, link=link, now=NOW)
    await revoke_invitation(tx, business_id=business.id, by=business.owner_id, invitation_id=made.id, now=NOW)
    with pytest.raises(InvitationNotFound):
        await revoke_invitation(tx, business_id=business.id, by=business.owner_id, invitation_id=made.id, now=NOW)
    _, link = await an_invitation(tx, business.id, by=business.owner_id, email=guest.email)
    await decline_invitation(tx, link=link, user_id=guest.id, now=NOW)
    with pytest.raises(InvitationOver):
        await accept_invitation(tx, link=link, user_id=guest.id, now=NOW)
    for no_link in ("", "x" * 43, "é" * 43, "x" * 5000):
        with pytest.raises(InvitationOver):
            await open_invitation(tx, link=no_link, now=NOW)


async def test_an_invitation_dies_with_the_right_of_who_sent_it(tx: WriteTx) -> None:
    business, guest = await a_business(tx), await a_user(tx)
    manager = await a_member(tx, business.id, "manager")
    await an_invitation(tx, business.id, by=manager.id, email=guest.email)
    await change_member_role(tx, business_id=business.id, by=business.owner_id, user_id=manager.id, role=S, now=NOW)
    assert await members.list_open(tx, business.id) == []


async def test_how_many_letters_leave_is_limited_by_business_and_by_address(tx: WriteTx) -> None:
    business = await a_business(tx)
    made = await ask(tx, business, "a@example.com")
    with pytest.raises(AlreadyInvited):
        await ask(tx, business, "A@example.com", now=NOW + timedelta(minutes=2))
    again = {"business_id": business.id, "by": business.owner_id, "invitation_id": made.id}
    with pytest.raises(InvitedRecently) as told:
        await send_again(tx, **again, now=NOW + timedelta(seconds=20))
    assert told.value.retry_after == 40
    for minutes in (5, 10):
        await send_again(tx, **again, now=NOW + timedelta(minutes=minutes))
    other = await a_business(tx)
    with pytest.raises(InvitedRecently, match="This address has had enough"):
        await ask(tx, other, "a@example.com", now=NOW + timedelta(hours=2))
    for number in range(7):
        await ask(tx, business, f"b{number}@example.com")
    with pytest.raises(InvitedRecently, match="You have sent many"):
        await ask(tx, business, "c@example.com", now=NOW + timedelta(minutes=11))


async def test_nobody_invites_above_their_part_or_somebody_who_works_there(tx: WriteTx) -> None:
    business = await a_business(tx)
    manager, staff = await a_member(tx, business.id, "manager"), await a_member(tx, business.id)
    stranger, unproven = await a_host(tx), await a_host(tx, verified=False)
    await tx.run(
        "INSERT INTO catalog.business_member (business_id, user_id, role) VALUES (%s, %s, 'manager')",
        (business.id, unproven.id),
    )
    await ask(tx, business, "one@example.com", by=manager.id)
    for by, role, fault in (
        (manager.id, M, NotYourPart),
        (staff.id, S, NotYourPart),
        (stranger.id, S, BusinessNotFound),
        (business.owner_id, OWNER, DraftInvalid),
        (unproven.id, S, EmailNotVerified),
    ):
        with pytest.raises(fault):
            await ask(tx, business, "two@example.com", role, by=by)
    with pytest.raises(AlreadyMember):
        await ask(tx, business, staff.email.upper())
    with pytest.raises(DraftInvalid) as told:
        await ask(tx, business, "not an address")
    assert told.value.fields == {"email": "This is not an email address, such as name@example.com."}


async def test_the_owner_stays_and_gets_no_other_part(tx: WriteTx) -> None:
    business = await a_business(tx)
    manager = await a_member(tx, business.id, "manager")
    ids = {"business_id": business.id, "user_id": business.owner_id, "now": NOW}
    with pytest.raises(OwnerStays):
        await remove_member(tx, by=business.owner_id, **ids)
    with pytest.raises(OwnerStays):
        await change_member_role(tx, by=business.owner_id, role=S, **ids)
    with pytest.raises(NotYourPart):
        await remove_member(tx, by=manager.id, **ids)
    with pytest.raises(DraftInvalid):
        await change_member_role(
            tx, business_id=business.id, by=business.owner_id, user_id=manager.id, role=OWNER, now=NOW
        )


async def test_the_database_keeps_a_second_owner_out(tx: WriteTx) -> None:
    business = await a_business(tx)
    staff = await a_member(tx, business.id)
    with pytest.raises(UniqueViolation, match="business_member_one_owner"):
        await tx.run("UPDATE catalog.business_member SET role = 'owner' WHERE user_id = %s", (staff.id,))


async def test_a_business_is_handed_over_and_who_had_it_stays_as_a_manager(tx: WriteTx) -> None:
    business = await a_business(tx)
    heir = await a_member(tx, business.id)
    await hand_over(tx, business_id=business.id, by=business.owner_id, to=heir.id, now=NOW)
    assert await find_member_role(tx, business.id, heir.id) is OWNER
    assert await find_member_role(tx, business.id, business.owner_id) is M
    row = await tx.find("SELECT owner_id FROM catalog.business WHERE id = %s", (business.id,))
    assert row == {"owner_id": heir.id}
    with pytest.raises(NotYourPart):
        await hand_over(tx, business_id=business.id, by=business.owner_id, to=heir.id, now=NOW)


async def test_who_owns_another_business_or_is_not_verified_cannot_own_this_one(tx: WriteTx) -> None:
    business = await a_business(tx)
    busy, unproven = await a_member(tx, business.id), await a_member(tx, business.id, verified=False)
    await a_business(tx, owner_id=busy.id, name="Elsewhere")
    for each in (busy, unproven):
        with pytest.raises(CannotOwn):
            async with tx.savepoint():
                await hand_over(tx, business_id=business.id, by=business.owner_id, to=each.id, now=NOW)
    assert await find_member_role(tx, business.id, business.owner_id) is OWNER


async def settle(rt: Runtime) -> None:
    for _ in range(4):
        async with rt.db.write() as tx:
            await relay_once(tx, subscribers(), now=rt.clock.now())
        await run_waiting(rt, tasks())


async def told(rt: Runtime) -> list[Any]:
    async with rt.db.read() as tx:
        return list(reversed(await messages.list_messages(tx, limit=50)))


async def a_team(client: httpx.AsyncClient) -> tuple[Business, User, User, UUID]:
    """A business, its owner, a manager, and something it sells."""
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        owner = await a_host(tx, first_name="Olga")
        business = await a_business(tx, owner_id=owner.id)
        manager = await a_member(tx, business.id, "manager", first_name="Mona")
        place = await a_property(tx, business_id=business.id)
        room = await a_resource(tx, property_id=place.id)
    return business, owner, manager, room.resource_id


async def test_from_a_letter_to_a_member_and_everybody_is_told(client: httpx.AsyncClient) -> None:
    business, owner, _, _ = await a_team(client)
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        guest = await a_user(tx, first_name="Gwen")
    home = f"/api/v1/businesses/{business.id}"
    answer = await client.post(
        f"{home}/invitations", headers=bearer(client, owner), json={"email": guest.email, "role": "staff"}
    )
    assert answer.status_code == 201, answer.text
    await settle(rt)
    (letter,) = [each for each in await told(rt) if each.kind is Kind.MEMBER_INVITED]
    assert letter.address == guest.email
    assert "Olga Host invites you to work at Sea & Sons" in letter.subject
    found = re.search(r"/invitations/([\w-]{43})", filled(rt, letter, letter.plain))
    assert found
    assert found[1] not in letter.plain
    seen = await client.get(f"/api/v1/invitations/{found[1]}")
    assert seen.json() == {
        "business": "Sea & Sons",
        "role": "staff",
        "may": ["bookings", "the calendar"],
        "invited_by": "Olga Host",
        "expires_at": "2026-06-08T10:00:00Z",
    }
    await sign_in(client, guest)
    page = await client.get(f"/invitations/{found[1]}")
    assert "Work at Sea &amp; Sons" in page.text
    done = await client.post(f"/invitations/{found[1]}/accept", data={"csrf_token": csrf_in(page)})
    assert done.headers["location"] == "/host/bookings"
    shown = await client.get("/host/members")
    assert shown.status_code == 303
    team = await client.get(shown.headers["location"])
    assert "Gwen Lovelace" in team.text
    assert owner.email not in team.text, "staff see no addresses"
    assert (await client.get("/host/bookings")).status_code == 200
    await settle(rt)
    joined = [each for each in await told(rt) if each.kind is Kind.MEMBER_JOINED]
    assert [each.recipient_id for each in joined] == [owner.id]
    async with rt.db.read() as tx:
        trail = await tx.all(
            "SELECT action FROM platform.audit_entry WHERE subject_id = %s ORDER BY id", (business.id,)
        )
    assert [each["action"] for each in trail] == ["member.invited", "member.joined"]


async def test_who_is_removed_reaches_nothing_by_session_token_or_key(client: httpx.AsyncClient) -> None:
    business, owner, manager, resource_id = await a_team(client)
    rt = runtime_of(client)
    await sign_in(client, manager)
    token, edit = bearer(client, manager), f"/host/listings/{resource_id}/edit"
    home = f"/api/v1/businesses/{business.id}"
    assert (await client.get(edit)).status_code == 200
    assert (await client.get(f"{home}/members", headers=token)).status_code == 200
    async with rt.db.write() as tx:
        _, key = await make_api_key(
            tx, user_id=manager.id, name="program", scopes=["read:business"], lasts_days=30, now=rt.clock.now()
        )
    with_key = {"Authorization": f"Bearer {key}"}
    assert (await client.get(home, headers=with_key)).status_code == 200
    gone = await client.delete(f"{home}/members/{manager.id}", headers=bearer(client, owner))
    assert gone.status_code == 204
    assert (await client.get(edit)).status_code == 404
    assert (await client.get(f"/host/{business.id}/members")).status_code == 404
    for headers in (token, with_key):
        assert (await client.get(home, headers=headers)).status_code == 404
    assert (await client.get("/api/v1/businesses", headers=with_key)).json()["items"] == []


async def test_handing_over_asks_for_the_password_and_takes_the_payout_account_out(
    client: httpx.AsyncClient,
) -> None:
    business, owner, manager, _ = await a_team(client)
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        await tx.run(
            "INSERT INTO payouts.account (business_id, id, provider, email, country, ref, status, created_at)"
            " VALUES (%s, %s, 'sandbox', 'x@example.com', 'FR', 'acct', 'enabled', %s)",
            (business.id, business.id, NOW - timedelta(days=1)),
        )
    home = f"/api/v1/businesses/{business.id}"
    stale = sign_access_token(
        owner, rt.ports.token_keys, now=rt.clock.now(), confirmed_at=rt.clock.now() - timedelta(minutes=11)
    )
    refused = await client.put(
        f"{home}/owner", headers={"Authorization": f"Bearer {stale}"}, json={"user_id": str(manager.id)}
    )
    assert refused.json()["code"] == "step_up_needed"
    await sign_in(client, owner)  # fresh, for a few minutes
    page = await client.get(f"/host/{business.id}/members/{manager.id}/owner")
    assert page.status_code == 200
    assert "Your payout account is taken out." in page.text
    again = await client.post(page.url.path, data={"csrf_token": csrf_in(page)})
    assert again.status_code == 422
    assert "Please say that you have read this." in again.text
    done = await client.post(page.url.path, data={"csrf_token": csrf_in(page), "agree": "yes"})
    assert done.status_code == 303, done.text
    await settle(rt)
    kinds = {(each.kind, each.recipient_id) for each in await told(rt)}
    assert kinds == {(Kind.BUSINESS_HANDED_ON, owner.id), (Kind.BUSINESS_OWNED, manager.id)}
    async with rt.db.read() as tx:
        assert await tx.all("SELECT 1 FROM payouts.account") == []


async def test_a_week_after_it_is_over_nobody_knows_whom_an_invitation_was_for(client: httpx.AsyncClient) -> None:
    business, _, _, _ = await a_team(client)
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        await ask(tx, business, "zsofia@example.com")
    await settle(rt)
    assert len(await told(rt)) == 1
    clock: FixedClock = rt.clock  # type: ignore[assignment]
    clock.at = NOW + timedelta(days=7)
    await forget_invitations(rt)
    async with rt.db.read() as tx:
        row = await tx.find("SELECT status, address FROM catalog.invitation")
    assert row
    assert (row["status"], row["address"] is None) == ("expired", False)
    clock.at = NOW + timedelta(days=14, seconds=1)
    await forget_invitations(rt)
    await settle(rt)
    async with rt.db.read() as tx:
        row = await tx.find("SELECT status, address, address_mark FROM catalog.invitation")
    assert row == {"status": "expired", "address": None, "address_mark": None}
    assert await told(rt) == []


async def test_what_was_typed_stays_beside_its_fault(client: httpx.AsyncClient) -> None:
    business, owner, _, _ = await a_team(client)
    await sign_in(client, owner)
    page = await client.get(f"/host/{business.id}/members")
    answer = await client.post(
        f"/host/{business.id}/invitations",
        data={"csrf_token": csrf_in(page), "email": "not an address", "role": "manager"},
    )
    assert answer.status_code == 422
    assert 'value="not an address"' in answer.text
    assert "This is not an email address" in answer.text
    assert '<option value="manager" selected>' in answer.text


async def test_a_key_for_one_business_reaches_nothing_of_another(client: httpx.AsyncClient) -> None:
    business, _, manager, resource_id = await a_team(client)
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        other = await a_business(tx, name="Elsewhere")
        place = await a_property(tx, business_id=other.id)
        room = await a_resource(tx, property_id=place.id)
        await tx.run(
            "INSERT INTO catalog.business_member (business_id, user_id, role) VALUES (%s, %s, 'manager')",
            (other.id, manager.id),
        )
    asked = {"name": "program", "scopes": ["read:business", "read:listings", "write:listings", "read:bookings"]}
    strangers = await client.post(
        "/api/v1/users/me/api-keys",
        headers=bearer(client, manager),
        json={**asked, "business_id": "00000000-0000-4000-8000-000000000000"},
    )
    assert strangers.json()["errors"] == [
        {"field": "business_id", "message": "Choose a business that you own or manage."}
    ]
    bound, free = [
        (await client.post("/api/v1/users/me/api-keys", headers=bearer(client, manager), json={**asked, **more})).json()
        for more in ({"business_id": str(business.id)}, {})
    ]
    assert bound["listed"]["business_id"] == str(business.id)

    async def seen(key: dict[str, Any], path: str, method: str = "GET", **sent: Any) -> int:
        answer = await client.request(
            method, f"/api/v1{path}", headers={"Authorization": f"Bearer {key['key']}"}, **sent
        )
        return answer.status_code

    for path in (f"/businesses/{other.id}", f"/properties/{place.id}"):
        assert await seen(free, path) == 200
    for method, path, sent in (
        ("PATCH", f"/properties/{place.id}", {"json": {"name": "Mine now"}}),
        ("PATCH", f"/resources/{room.resource_id}", {"json": {"name": "Mine now"}}),
        ("GET", f"/resources/{room.resource_id}/rate", {}),
        ("GET", f"/businesses/{other.id}", {}),
    ):
        assert await seen(bound, path, method, **sent) == 404, path
        assert await seen(free, path, method, **sent) != 403
    assert await seen(bound, f"/businesses/{business.id}") == 200
    assert await seen(bound, f"/resources/{resource_id}", "PATCH", json={"name": "Better"}) == 200
    for path in ("/businesses", "/properties", "/resources"):
        with_bound, with_free = [
            (await client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {key['key']}"})).json()["items"]
            for key in (bound, free)
        ]
        assert (len(with_bound), len(with_free)) == (1, 2), path
    assert (await client.get(f"/api/v1/businesses/{other.id}", headers=bearer(client, manager))).status_code == 200
