"""Let a person choose: language, zone, currency, what they are told of, what they say of their travels."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from hospes.modules.identity import events
from hospes.modules.identity.contracts import NewsChannel, Topic, User
from hospes.modules.identity.errors import PreferencesChanged
from hospes.modules.identity.policies import person
from hospes.modules.identity.policies.topics import TOPICS, may_refuse
from hospes.modules.identity.queries import accounts
from hospes.modules.identity.queries.preferences import Preferences
from hospes.modules.identity.store import preferences as store
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import Invalid
from hospes.platform.money import CURRENCIES
from hospes.platform.outbox import publish

STALE = "They were changed somewhere else in the meantime. Reload them and make your change again."


async def change_preferences(
    tx: WriteTx,
    *,
    user: User,
    seen: Preferences,
    now: datetime,
    language: str | None = None,
    zone: str | None = None,
    currency: str | None = None,
    notifications: Mapping[str, Mapping[str, bool]] | None = None,
    travel: Mapping[str, Any] | None = None,
) -> tuple[User, Preferences]:
    """The person and their choices as they are now; None leaves a thing as it is, an empty currency is none.

    Raises `PreferencesChanged` when `seen` is not the latest, and `Invalid` for what cannot be chosen. What has changed
    is written down by name.
    """
    after = _checked(user, language, zone, currency)
    told = {topic: dict(said) for topic, said in seen.notifications.items()}
    for topic, said in _checked_news(notifications or {}).items():
        told[topic] = {**told.get(topic, {}), **said}
    fields = [name for name in ("language", "zone", "currency") if getattr(user, name) != getattr(after, name)]
    fields += sorted(f"notifications.{topic}" for topic in told if told[topic] != seen.notifications.get(topic))
    if travel is not None and dict(travel) != dict(seen.travel):
        fields.append("travel")
    if not fields:
        return user, seen
    kept = Preferences(seen.version + 1, told, dict(seen.travel if travel is None else travel))
    if not await store.write_preferences(tx, user.id, kept, seen_version=seen.version, now=now):
        raise PreferencesChanged(STALE)
    await store.write_locale(tx, user.id, after.language, after.zone, after.currency, now)
    who = user.id
    await audit.note(tx, actor=who, action="preferences.changed", subject=who, data={"fields": fields}, now=now)
    await publish(tx, events.PREFERENCES_CHANGED, who, {"user_id": str(who), "fields": fields}, now=now)
    (latest,) = await accounts.find_users(tx, [user.id])
    return latest, kept


def _checked(user: User, language: str | None, zone: str | None, currency: str | None) -> User:
    faults: dict[str, str] = {}
    changes: dict[str, Any] = {}
    for name, field, rule, text in (
        ("language", "language", person.language_tag, language),
        ("zone", "time_zone", person.time_zone, zone),
    ):
        if text is not None:
            try:
                changes[name] = rule(text)
            except ValueError as fault:
                faults[field] = str(fault)
    if currency is not None:
        if currency and currency not in CURRENCIES:
            faults["currency"] = "There is no such currency here. Use a code such as EUR."
        changes["currency"] = currency or None
    if faults:
        raise Invalid("Some of this needs another look.", fields=faults)
    return replace(user, **changes)


def _checked_news(notifications: Mapping[str, Mapping[str, bool]]) -> dict[str, dict[str, bool]]:
    faults, kept = {}, {}
    for topic, channels in notifications.items():
        for channel, wanted in channels.items():
            if not wanted and not may_refuse(Topic(topic), NewsChannel(channel)):
                about = TOPICS[Topic(topic)]
                faults[f"notifications.{topic}.{channel}"] = f"This always comes. {about.why}"
        kept[str(topic)] = {
            str(channel): wanted
            for channel, wanted in channels.items()
            if may_refuse(Topic(topic), NewsChannel(channel))
        }
    if faults:
        raise Invalid("Some of this cannot be switched off.", fields=faults)
    return {topic: channels for topic, channels in kept.items() if channels}
