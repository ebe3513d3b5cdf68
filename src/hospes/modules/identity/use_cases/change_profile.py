"""Let a person change what they say about themselves."""

from dataclasses import asdict
from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.identity.contracts import Profile, User
from hospes.modules.identity.errors import ProfileChanged
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import accounts
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def change_profile(tx: WriteTx, *, user: User, profile: Profile, now: datetime) -> User:
    """The person as they are now; raises `ProfileChanged` when `user` is not the latest version."""
    changed = sorted(name for name, value in asdict(profile).items() if getattr(user, name) != value)
    if not changed:
        return user
    if not await accounts.update_profile(tx, user.id, profile, user.version, now):
        raise ProfileChanged(
            "Your profile was changed somewhere else in the meantime. Reload it and make your change again."
        )
    await publish(tx, events.PROFILE_CHANGED, user.id, {"user_id": str(user.id), "fields": changed}, now=now)
    (latest,) = await people.find_users(tx, [user.id])
    return latest
