"""Members and invitations when two act at once; each guard with a control that goes without it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import pytest

from hospes.modules.catalog import links
from hospes.modules.catalog.contracts import MemberRole
from hospes.modules.catalog.errors import InvitationOver
from hospes.modules.catalog.queries import find_member_role, members
from hospes.modules.catalog.queries.members import InvitationStatus
from hospes.modules.catalog.store import members as store
from hospes.modules.catalog.use_cases.answer_invitation import accept_invitation, open_invitation
from hospes.modules.catalog.use_cases.change_member import remove_member
from hospes.modules.catalog.use_cases.hand_over import hand_over
from hospes.modules.catalog.use_cases.invite_member import invite_member, revoke_invitation
from hospes.modules.identity.contracts import User
from hospes.platform.db import Database, WriteTx
from tests.builders.catalog import a_business
from tests.builders.identity import a_user
from tests.builders.members import a_member, an_invitation
from tests.race.rivals import race

pytestmark = pytest.mark.race
RIVALS = 8
Act = Callable[[WriteTx, int], Awaitable[object]]


async def invited(db: Database, now: datetime) -> tuple[UUID, UUID, User, UUID, str]:
    """A business, its owner, somebody who is invited, the invitation and its link."""
    async with db.write() as tx:
        business, guest = await a_business(tx), await a_user(tx)
        made, link = await an_invitation(tx, business.id, by=business.owner_id, email=guest.email, now=now)
    return business.id, business.owner_id, guest, made.id, link


async def standing(db: Database, business_id: UUID, user_id: UUID, invitation_id: UUID) -> tuple[bool, str]:
    async with db.read() as tx:
        role = await find_member_role(tx, business_id, user_id)
        found = await members.find_invitation(tx, invitation_id)
    assert found is not None
    return role is not None, str(found.status)


async def test_of_many_who_accept_one_invitation_at_once_one_is_let_in(db: Database, now: datetime) -> None:
    business_id, _, guest, invitation_id, link = await invited(db, now)

    async def act(tx: WriteTx, _: int) -> None:
        await accept_invitation(tx, link=link, user_id=guest.id, now=now)

    assert await race(db, RIVALS, act) == Counter({"won": 1, "invitation_over": RIVALS - 1})
    assert await standing(db, business_id, guest.id, invitation_id) == (True, "accepted")
    async with db.read() as tx:
        row = await tx.find("SELECT count(*) AS n FROM platform.outbox WHERE type = 'member.joined'")
    assert row == {"n": 1}


async def test_control_looking_first_and_closing_whatever_its_state_lets_all_believe_it(
    db: Database, now: datetime
) -> None:
    _, _, _, invitation_id, link = await invited(db, now)

    async def act(tx: WriteTx, _: int) -> None:
        await open_invitation(tx, link=link, now=now)
        await asyncio.sleep(0.2)
        await tx.run(
            "UPDATE catalog.invitation SET status = 'accepted', link_hash = NULL, closed_at = %s WHERE id = %s",
            (now, invitation_id),
        )

    assert await race(db, RIVALS, act) == Counter({"won": RIVALS})


async def test_an_invitation_accepted_while_it_is_revoked_is_one_of_both(db: Database, now: datetime) -> None:
    seen = set()
    for _ in range(6):
        business_id, owner_id, guest, invitation_id, link = await invited(db, now)

        async def act(tx: WriteTx, number: int, known: tuple[UUID, UUID, UUID, UUID, str]) -> None:
            business, owner, user, invitation, secret = known
            if number == 0:
                await accept_invitation(tx, link=secret, user_id=user, now=now)
            else:
                await revoke_invitation(tx, business_id=business, by=owner, invitation_id=invitation, now=now)

        known = (business_id, owner_id, guest.id, invitation_id, link)
        outcome = await race(db, 2, lambda tx, number, known=known: act(tx, number, known))  # type: ignore[misc]
        assert outcome["won"] == 1
        seen.add(await standing(db, business_id, guest.id, invitation_id))
    assert seen <= {(True, "accepted"), (False, "revoked")}


async def test_control_without_the_look_at_its_status_a_revoked_one_lets_in(db: Database, now: datetime) -> None:
    business_id, owner_id, guest, invitation_id, link = await invited(db, now)
    revoked = asyncio.Event()

    async def act(tx: WriteTx, number: int) -> None:
        if number == 1:
            await revoke_invitation(tx, business_id=business_id, by=owner_id, invitation_id=invitation_id, now=now)
            revoked.set()
            return
        await open_invitation(tx, link=link, now=now)
        await revoked.wait()
        await store.insert_member(tx, business_id, guest.id, MemberRole.STAFF, invited_by=owner_id, now=now)

    assert await race(db, 2, act) == Counter({"won": 2})
    assert await standing(db, business_id, guest.id, invitation_id) == (True, "revoked")


async def two_heirs(db: Database) -> tuple[UUID, UUID, tuple[UUID, UUID]]:
    async with db.write() as tx:
        business = await a_business(tx)
        heirs = (await a_member(tx, business.id, "manager")).id, (await a_member(tx, business.id)).id
    return business.id, business.owner_id, heirs


async def owners(db: Database, business_id: UUID) -> list[UUID]:
    async with db.read() as tx:
        found = await members.list_memberships(tx, business_id)
    return [each.user_id for each in found if each.role is MemberRole.OWNER]


async def test_of_two_hand_overs_at_once_one_holds_and_there_is_one_owner(db: Database, now: datetime) -> None:
    business_id, owner_id, heirs = await two_heirs(db)

    async def act(tx: WriteTx, number: int) -> None:
        await hand_over(tx, business_id=business_id, by=owner_id, to=heirs[number], now=now)

    assert await race(db, 2, act) == Counter({"won": 1, "not_your_part": 1})
    (owner,) = await owners(db, business_id)
    async with db.read() as tx:
        row = await tx.find("SELECT owner_id FROM catalog.business WHERE id = %s", (business_id,))
    assert owner in heirs
    assert row == {"owner_id": owner}


async def test_control_without_lock_and_constraint_two_hand_overs_leave_two_owners(db: Database) -> None:
    business_id, owner_id, heirs = await two_heirs(db)
    async with db.write() as tx:
        await tx.run("DROP INDEX catalog.business_member_one_owner")
    both = asyncio.Barrier(2)

    async def act(tx: WriteTx, number: int) -> None:
        assert await find_member_role(tx, business_id, owner_id) is MemberRole.OWNER
        await both.wait()
        await store.set_role(tx, business_id, heirs[number], MemberRole.OWNER, seen=(await _role(tx, heirs[number])))

    async def _role(tx: WriteTx, user_id: UUID) -> MemberRole:
        found = await find_member_role(tx, business_id, user_id)
        assert found
        return found

    assert await race(db, 2, act) == Counter({"won": 2})
    assert sorted(await owners(db, business_id)) == sorted([owner_id, *heirs])


async def test_who_is_removed_while_inviting_leaves_no_open_invitation(db: Database, now: datetime) -> None:
    for _ in range(6):
        async with db.write() as tx:
            business = await a_business(tx)
            manager = await a_member(tx, business.id, "manager")

        async def act(tx: WriteTx, number: int, ids: tuple[UUID, UUID, UUID]) -> None:
            business_id, owner_id, manager_id = ids
            if number == 0:
                await remove_member(tx, business_id=business_id, by=owner_id, user_id=manager_id, now=now)
            else:
                await invite_member(
                    tx,
                    business_id=business_id,
                    by=manager_id,
                    email=f"own-{manager_id.hex}@example.com",
                    role=MemberRole.STAFF,
                    now=now,
                )

        ids = (business.id, business.owner_id, manager.id)
        outcome = await race(db, 2, lambda tx, number, ids=ids: act(tx, number, ids))  # type: ignore[misc]
        assert outcome in (Counter({"won": 2}), Counter({"won": 1, "business_not_found": 1}))
        async with db.read() as tx:
            assert await members.list_open(tx, business.id) == []


async def test_control_without_the_lock_an_invitation_of_who_was_removed_stays_open(
    db: Database, now: datetime
) -> None:
    async with db.write() as tx:
        business = await a_business(tx)
        manager = await a_member(tx, business.id, "manager")
    looked, removed = asyncio.Event(), asyncio.Event()

    async def act(tx: WriteTx, number: int) -> None:
        if number == 0:
            await looked.wait()
            await remove_member(tx, business_id=business.id, by=business.owner_id, user_id=manager.id, now=now)
            removed.set()
            return
        assert await find_member_role(tx, business.id, manager.id) is MemberRole.MANAGER
        looked.set()
        await removed.wait()
        await an_invitation(tx, business.id, by=manager.id, email="own@example.com", now=now)

    assert await race(db, 2, act) == Counter({"won": 2})
    async with db.read() as tx:
        (left,) = await members.list_open(tx, business.id)
    assert left.status is InvitationStatus.OPEN
    async with db.write() as tx:  # and yet it lets nobody in: who sent it may not bring in anybody any more
        guest = await a_user(tx, email="own@example.com")
        await tx.run(
            "UPDATE catalog.invitation SET link_hash = %s WHERE id = %s",
            (links.link_hash(tx.keyring, "l" * 43), left.id),
        )
        with pytest.raises(InvitationOver):
            await accept_invitation(tx, link="l" * 43, user_id=guest.id, now=now)
