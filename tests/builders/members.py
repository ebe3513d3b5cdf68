"""Members and invitations for tests, by plain inserts."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.catalog import links
from hospes.modules.catalog.contracts import MemberRole
from hospes.modules.catalog.queries.members import Invitation
from hospes.modules.catalog.store import members as store
from hospes.modules.identity.contracts import User
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.booking import NOW
from tests.builders.identity import a_host


async def a_member(tx: WriteTx, business_id: UUID, role: str = "staff", **given: object) -> User:
    """A host who works there."""
    user = await a_host(tx, **given)
    await tx.run(
        "INSERT INTO catalog.business_member (business_id, user_id, role) VALUES (%s, %s, %s)",
        (business_id, user.id, role),
    )
    return user


async def an_invitation(
    tx: WriteTx, business_id: UUID, *, by: UUID, email: str, role: str = "staff", now: datetime = NOW
) -> tuple[Invitation, str]:
    """An open invitation, good for a week, and its link."""
    link = links.new_link()
    made = await store.insert_invitation(
        tx,
        new_id(),
        business_id,
        role=MemberRole(role),
        invited_by=by,
        address=email,
        mark=links.address_mark(tx.keyring, email),
        link_hash=links.link_hash(tx.keyring, link),
        expires_at=now + timedelta(days=7),
        now=now,
    )
    assert made is not None
    return made, link
