"""Let a person change what they say about themselves."""

from dataclasses import fields
from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.identity.contracts import Profile, User
from hospes.modules.identity.errors import ProfileChanged
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import accounts
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import Invalid
from hospes.platform.outbox import publish


async def change_profile(tx: WriteTx, *, user: User, profile: Profile, now: datetime) -> User:
    """The person as they are now; raises `ProfileChanged` when `user` is not the latest version.

    A number that was verified is changed where the new one is verified too (`change_phone`): raises `Invalid` here.
    """
    names = (each.name for each in fields(profile))
    changed = sorted(name for name in names if getattr(user, name) != getattr(profile, name))
    if not changed:
        return user
    if "phone" in changed and user.phone_verified_at is not None:
        sentence = "This number is verified. Change it on the page Phone number, where the new one is verified too."
        raise Invalid(sentence, fields={"phone": sentence})
    if not await accounts.update_profile(tx, user.id, profile, user.version, now):
        raise ProfileChanged(
            "Your profile was changed somewhere else in the meantime. Reload it and make your change again."
        )
    data = {"fields": changed}
    await audit.note(tx, actor=user.id, action="account.profile_changed", subject=user.id, data=data, now=now)
    await publish(tx, events.PROFILE_CHANGED, user.id, {"user_id": str(user.id), "fields": changed}, now=now)
    (latest,) = await people.find_users(tx, [user.id])
    return latest
