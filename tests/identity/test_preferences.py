"""What people choose: kept, respected, written down."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from hospes.modules.identity import facade, sessions
from hospes.modules.identity import privacy as part
from hospes.modules.identity.contracts import NewsChannel, Topic, User
from hospes.modules.identity.policies.topics import TOPICS, may_refuse, wanted
from hospes.modules.identity.queries.preferences import find_preferences
from hospes.modules.notifications import queries as messages
from hospes.modules.notifications.contracts import Kind, Letter, Recipient
from hospes.modules.notifications.policies.topics import topic_of
from hospes.modules.notifications.use_cases.write_message import Desk, write_message
from hospes.platform.audit import list_entries
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.builders.identity import a_user
from tests.conftest import NOW, FixedClock

HERE = "/api/v1/users/me/preferences"


def _rt(client: httpx.AsyncClient) -> Runtime:
    found: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return found


async def _signed_in(client: httpx.AsyncClient, roles: tuple[str, ...] = ("guest",)) -> tuple[User, str]:
    rt = _rt(client)
    async with rt.db.write() as tx:
        user = await a_user(tx, roles=roles)
    now = rt.clock.now()
    session = await sessions.open_session(rt.valkey, user, ip_address="", user_agent="", lasts=9_000, now=now)
    client.cookies.set("hospes_session", session.id)
    client.headers["X-CSRF-Token"] = session.csrf_token
    return user, session.id


async def test_who_has_chosen_nothing_is_told_of_everything_by_mail_but_offers(client: httpx.AsyncClient) -> None:
    await _signed_in(client)
    said = (await client.get(HERE)).json()
    assert (said["language"], said["time_zone"], said["currency"], said["marketing"]) == ("en", "UTC", None, False)
    assert {topic for topic, told in said["notifications"].items() if told["mail"]} == {str(each) for each in Topic}
    assert said["notifications"]["money"]["always"] == ["mail"]
    assert said["travel"]["seat"] is None


async def test_choices_are_kept_written_down_and_known_to_the_session(client: httpx.AsyncClient) -> None:
    user, session_id = await _signed_in(client)
    travel = {"travel_style": "comfort", "dietary_restrictions": ["vegan"], "with_pets": True, "interests": ["hiking"]}
    body = {
        "language": "de",
        "time_zone": "Europe/Berlin",
        "currency": "CHF",
        "notifications": {"gifts": {"mail": False}},
        "marketing": True,
        "travel": travel,
    }
    changed = await client.put(HERE, json=body)
    assert changed.status_code == 200, changed.text
    said = (await client.get(HERE)).json()
    assert said == changed.json()
    assert (said["currency"], said["marketing"], said["notifications"]["gifts"]["mail"]) == ("CHF", True, False)
    assert said["travel"]["dietary_restrictions"] == ["vegan"]
    rt = _rt(client)
    session = await sessions.find_session(rt.valkey, session_id, lasts=9_000, now=rt.clock.now())
    assert session is not None
    assert session.preferences == {"language": "de", "timeZone": "Europe/Berlin", "currency": "CHF"}
    async with rt.db.read() as tx:
        trail = await list_entries(tx, subject=user.id)
    fields = ["language", "zone", "currency", "notifications.gifts", "travel"]
    assert [(each.action, each.actor_id, each.data.get("fields")) for each in reversed(trail)] == [
        ("preferences.changed", user.id, fields),
        ("consent.changed", user.id, None),
    ]
    page = (await client.get("/account/activity")).text
    assert "You changed your preferences" in page
    assert "notifications.gifts" in page


async def test_what_is_said_of_travels_is_in_no_column_to_be_read(client: httpx.AsyncClient) -> None:
    user, _ = await _signed_in(client)
    await client.put(HERE, json={"travel": {"interests": ["rare-orchids"]}})
    async with _rt(client).db.read() as tx:
        rows = await tx.all("SELECT p::text AS row, p.travel FROM identity.preferences AS p")
        rows += await tx.all("SELECT a::text AS row, NULL AS travel FROM platform.audit_entry AS a")
        assert (await find_preferences(tx, user.id)).travel == {"interests": ["rare-orchids"]}
    assert not any("orchids" in row["row"] or b"orchids" in bytes(row["travel"] or b"") for row in rows)


async def test_a_stale_copy_does_not_undo_what_came_after_it(client: httpx.AsyncClient) -> None:
    await _signed_in(client)
    tag = (await client.get(HERE)).headers["etag"]
    first = await client.put(HERE, json={"currency": "CHF"}, headers={"If-Match": tag})
    assert first.status_code == 200
    second = await client.put(HERE, json={"currency": "EUR"}, headers={"If-Match": tag})
    assert (second.status_code, second.json()["code"]) == (412, "preferences_changed")
    assert (await client.get(HERE)).json()["currency"] == "CHF"


async def test_control_without_if_match_the_later_one_wins(client: httpx.AsyncClient) -> None:
    await _signed_in(client)
    for currency in ("CHF", "EUR"):
        assert (await client.put(HERE, json={"currency": currency})).status_code == 200
    assert (await client.get(HERE)).json()["currency"] == "EUR"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"language": "klingon!"}, "language"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"currency": "XXX"}, "currency"),
        ({"notifications": {"security": {"mail": False}}}, "notifications.security.mail"),
        ({"travel": {"seat": "wing"}}, "travel.seat"),
        ({"travel": {"budget_range": {"min": 9, "max": 1}}}, "travel.budget_range"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
async def test_what_cannot_be_chosen_is_refused_by_field(
    client: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    await _signed_in(client)
    refused = await client.put(HERE, json=body)
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == [field]


async def _a_letter(tx: WriteTx, user: User, kind: Kind) -> bool:
    to = Recipient(user.id, user.email, user.name, user.first_name, user.zone)
    letter = Letter("Subject", "Heading", ("Words.",), button=("Go", "/"))
    return await write_message(tx, Desk("https://stay.example", new_id(), NOW), to, kind, letter)


async def test_what_is_switched_off_is_not_mailed_and_what_is_about_money_is(client: httpx.AsyncClient) -> None:
    user, _ = await _signed_in(client)
    off = {str(topic): {"mail": False} for topic in Topic if may_refuse(topic, NewsChannel.MAIL)}
    assert (await client.put(HERE, json={"notifications": off})).status_code == 200
    async with _rt(client).db.write() as tx:
        written = {kind for kind in Kind if await _a_letter(tx, user, kind)}
        kept = {each.kind for each in await messages.list_messages(tx, limit=200)}
    assert written == kept == {kind for kind in Kind if TOPICS[topic_of(kind)].always}
    assert Kind.COUPON_ISSUED not in written
    assert {Kind.BOOKING_CONFIRMED, Kind.REFUND_DONE, Kind.NEW_DEVICE, Kind.EXPORT_READY} <= written


async def test_control_who_has_switched_nothing_off_is_mailed_all_of_it(client: httpx.AsyncClient) -> None:
    user, _ = await _signed_in(client)
    async with _rt(client).db.write() as tx:
        assert {kind for kind in Kind if await _a_letter(tx, user, kind)} == set(Kind)


def test_what_always_comes_says_why_and_stays_on_whatever_is_kept() -> None:
    assert all(about.why for about in TOPICS.values() if about.always)
    assert wanted({"security": {"mail": False}}, Topic.SECURITY, NewsChannel.MAIL)
    assert not wanted({"gifts": {"mail": False}}, Topic.GIFTS, NewsChannel.MAIL)
    assert not wanted({}, Topic.GIFTS, NewsChannel.SMS)


async def test_the_currency_of_the_account_is_shown_before_the_one_of_the_cookie(client: httpx.AsyncClient) -> None:
    await _signed_in(client)
    client.cookies.set("hospes_currency", "USD")
    assert 'aria-label="Currency shown besides: USD"' in (await client.get("/search")).text
    await client.put(HERE, json={"currency": "CHF"})
    assert 'aria-label="Currency shown besides: CHF"' in (await client.get("/search")).text


async def test_the_pages_keep_what_was_typed_and_say_what_is_wrong(client: httpx.AsyncClient) -> None:
    await _signed_in(client, roles=("guest", "host"))
    csrf = client.headers["X-CSRF-Token"]
    said = {"csrf_token": csrf, "language": "en", "time_zone": "UTC", "currency": "", "interests": "art, food"}
    wrong = await client.post("/account/preferences", data={**said, "budget_min": "90", "budget_max": "10"})
    assert wrong.status_code == 422
    assert "The least is more than the most." in wrong.text
    assert 'value="art, food"' in wrong.text
    right = await client.post("/account/preferences", data={**said, "budget_min": "10", "accessibility": ["lift"]})
    assert (right.status_code, right.headers["location"]) == (303, "/account/preferences")
    shown = (await client.get("/account/preferences")).text
    assert 'value="lift" checked' in shown
    done = await client.post("/account/notifications", data={"csrf_token": csrf, "mail": ["gifts", "host_requests"]})
    assert done.status_code == 303
    told = (await client.get(HERE)).json()["notifications"]
    refusable = {topic for topic, each in told.items() if "mail" not in each["always"]}
    assert {topic for topic in refusable if told[topic]["mail"]} == {"gifts", "host_requests"}


async def test_the_aliases_of_profile_and_preferences_answer_the_same(client: httpx.AsyncClient) -> None:
    await _signed_in(client)
    assert (await client.get("/api/v1/users/preferences")).json() == (await client.get(HERE)).json()
    assert (await client.get("/api/v1/users/profile")).json() == (await client.get("/api/v1/users/me")).json()
    changed = await client.put("/api/v1/users/profile", json={"city": "Porto"})
    assert changed.json()["city"] == "Porto"
    assert (await client.put("/api/v1/users/preferences", json={"currency": "EUR"})).status_code == 200


async def test_choices_and_keys_are_in_a_copy_and_gone_with_their_person(client: httpx.AsyncClient) -> None:
    user, _ = await _signed_in(client)
    await client.put(HERE, json={"currency": "CHF", "travel": {"seat": "aisle"}})
    await client.post("/api/v1/users/me/api-keys", json={"name": "Till", "scopes": ["read:money"]})
    async with _rt(client).db.write() as tx:
        sheets = {sheet.name: sheet.rows for sheet in (await part.export(tx, user.id)).sheets}
        assert sheets["preferences"] == [{"notifications": {}, "travel": {"seat": "aisle"}}]
        assert [row["name"] for row in sheets["api-keys"]] == ["Till"]
        await part.erase(tx, user.id, NOW)
        assert await tx.all("SELECT 1 FROM identity.preferences") == []
        assert await tx.all("SELECT 1 FROM identity.api_key") == []
        assert (await facade.get_user(tx, user.id)).currency is None


async def test_admins_find_what_was_done_by_person_action_and_day(client: httpx.AsyncClient, clock: FixedClock) -> None:
    user, _ = await _signed_in(client)
    for count in range(32):
        await client.put(HERE, json={"currency": ("CHF", "EUR")[count % 2]})
    clock.at += timedelta(days=1)
    await _signed_in(client, roles=("guest", "admin"))
    first = (await client.get("/admin/audit", params={"who": user.email, "action": "preferences."})).text
    assert first.count("<td><code>preferences.changed</code></td>") == 30
    more = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert (await client.get(more)).text.count("<td><code>preferences.changed</code></td>") == 2
    later = {"since": clock.at.date().isoformat(), "who": user.email}
    assert "Nothing is found." in (await client.get("/admin/audit", params=later)).text
    assert "Nothing is found." in (await client.get("/admin/audit", params={"who": "nobody@example.com"})).text


async def test_control_of_anybody_more_is_found_than_of_one_person(client: httpx.AsyncClient) -> None:
    users: list[UUID] = []
    for _ in range(2):
        users.append((await _signed_in(client))[0].id)
        await client.put(HERE, json={"currency": "CHF"})
    await _signed_in(client, roles=("guest", "admin"))
    one = (await client.get("/admin/audit", params={"who": str(users[0])})).text
    assert one.count("<td><code>") == 1
    assert (await client.get("/admin/audit")).text.count("<td><code>") == 2


async def test_only_admins_see_the_trail(client: httpx.AsyncClient) -> None:
    await _signed_in(client, roles=("guest", "host"))
    assert (await client.get("/admin/audit")).status_code in (403, 404)
