"""An admin answers a dispute: what our books know is attached, a draft is kept, it is given to the provider once."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hospes.entrypoints.evidence import gather_evidence
from hospes.modules.booking.contracts import Booking
from hospes.modules.identity.contracts import User
from hospes.modules.invoices import facade as invoices
from hospes.modules.notifications import queries as notifications
from hospes.modules.payments import facade, jobs, queries
from hospes.modules.payments.contracts import AnswerStatus, Dispute
from hospes.modules.payments.providers.port import ProviderDown
from hospes.modules.payments.use_cases.answer_dispute import send_answers
from hospes.modules.payments.use_cases.note_disputes import note_disputes
from hospes.modules.payments.use_cases.run_attempt import run_attempt
from hospes.platform.ids import new_id
from hospes.platform.jobs import run_waiting
from hospes.platform.runtime import Runtime
from tests.builders.booking import a_booking, a_stay
from tests.builders.identity import PASSWORD, a_user
from tests.builders.payments import a_card

LOSES = "4000 0000 0000 0259"


class Case:
    """A booking whose payment is disputed at the sandbox."""

    def __init__(self, client: Any, rt: Runtime, booking: Booking, dispute: Dispute, admin: User) -> None:
        self.client, self.rt, self.booking, self.dispute, self.admin = client, rt, booking, dispute, admin
        self.page = f"/admin/payments/disputes/{dispute.id}"

    async def sign_in(self, user: User) -> None:
        self.client.cookies.clear()
        form = {"csrf_token": csrf((await self.client.get("/login")).text), "email": user.email, "password": PASSWORD}
        assert (await self.client.post("/login", data=form)).status_code == 303

    async def post(self, act: str, words: str = "They slept here.", **given: Any) -> httpx.Response:
        page = await self.client.get(self.page)
        form = {"csrf_token": csrf(page.text), "words": words, "act": act, "facts": ["service", "invoice"], **given}
        answer: httpx.Response = await self.client.post(self.page, data=form)
        return answer

    async def answer(self) -> Any:
        async with self.rt.db.read() as tx:
            return await queries.find_answer(tx, self.dispute.id)

    async def facts(self, *types: str) -> list[str]:
        async with self.rt.db.read() as tx:
            rows = await tx.all("SELECT type FROM platform.outbox WHERE type LIKE 'dispute.%%' ORDER BY id", ())
        return [row["type"] for row in rows]


def csrf(text: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found is not None
    return found[1]


@pytest.fixture
async def case(client: Any) -> Case:
    rt: Runtime = client.app.state.runtime
    method = await facade.tokenise_card(rt, "sandbox", a_card(LOSES))
    async with rt.db.write() as tx:
        admin = await a_user(tx, roles=("guest", "admin"))
        stay = await a_stay(tx)
        booking = await a_booking(tx, stay)
        payment = await facade.open_payment(
            *(tx,),
            booking_id=booking.id,
            payer_id=stay.guest_id,
            amount=booking.total,
            provider="sandbox",
            now=rt.clock.now(),
        )
        attempt = await facade.start_charge(tx, payment.id, method, rt.clock.now())
    await run_attempt(rt, attempt.id)
    rt.clock.at += timedelta(minutes=2)  # type: ignore[attr-defined]
    await note_disputes(rt)
    async with rt.db.read() as tx:
        (dispute,) = await queries.list_disputes(tx, open_only=True, before=None, limit=5)
    made = Case(client, rt, booking, dispute, admin)
    await made.sign_in(admin)
    return made


async def test_the_page_says_until_when_and_what_our_books_know(case: Case) -> None:
    listed = (await case.client.get("/admin/payments/disputes")).text
    assert "Answer it" in listed
    assert "1 day left" in listed
    page = (await case.client.get(case.page)).text
    assert "To be answered by" in page
    for words in (case.booking.reference, case.booking.terms.cancellation.text[0], "Visa •••• 0259"):
        assert words in page


async def test_what_is_attached_is_the_invoice_and_when_the_confirmation_was_sent(case: Case) -> None:
    booking, now = case.booking, case.rt.clock.now()
    async with case.rt.db.write() as tx:
        documents = await invoices.issue_due(tx, booking.id, now=now)
        await tx.run(
            "INSERT INTO platform.outbox (event_id, type, aggregate_id, data, occurred_at)"
            " VALUES (%s, 'booking.confirmed', %s, '{}', %s)",
            (booking.series_id or booking.id, booking.id, now),
        )
        await tx.run(
            "INSERT INTO notifications.message (id, event_id, kind, recipient_id, address, name, subject, plain, html,"
            " status, created_at, sent_at) VALUES (%s, %s, 'booking_confirmed', %s, 'a@example.org', 'A', 's', 'p',"
            " 'h', 'sent', %s, %s)",
            (new_id(), booking.id, booking.guest_id, now, now),
        )
        assert await notifications.find_confirmation(tx, booking.id, booking.guest_id) == now
    facts, files = await gather_evidence(case.rt, booking.id)
    said = {each.name: each.text for each in facts}
    assert said["mail"] == f"Sent by e-mail to the guest on {now:%d %B %Y, %H:%M} UTC"
    assert documents
    assert [file.name for file in files] == [f"{said['invoice'].partition(',')[0]}.pdf"]
    assert files[0].content.startswith(b"%PDF")
    assert await gather_evidence(case.rt, new_id()) == ([], [])


async def test_a_draft_is_kept_and_submitted_once_after_it_is_ticked(case: Case) -> None:
    assert (await case.post("save")).status_code == 303
    draft = await case.answer()
    assert (draft.status, draft.words, draft.facts) == (AnswerStatus.DRAFT, "They slept here.", ())
    assert "service" not in draft.left_out
    assert "terms" in draft.left_out
    hasty = await case.post("submit")
    assert hasty.status_code == 422
    assert "Please tick that you mean it" in hasty.text
    assert (await case.answer()).status is AnswerStatus.DRAFT
    assert (await case.post("submit", sure="yes")).status_code == 303
    sending = await case.answer()
    assert (sending.status, [each.name for each in sending.facts]) == (AnswerStatus.SENDING, ["service"])
    await run_waiting(case.rt, jobs.TASKS, queues=["payments"])
    assert (await case.answer()).status is AnswerStatus.SENT
    assert await case.facts() == ["dispute.answered"]
    async with case.rt.db.read() as tx:
        kept = await tx.all("SELECT words FROM sandbox.evidence", ())
        noted = await tx.all("SELECT actor_id, action FROM platform.audit_entry WHERE action LIKE 'dispute%%'", ())
    assert len(kept) == 1
    assert kept[0]["words"].startswith("They slept here.\nWhat was booked: ")
    assert [(row["actor_id"], row["action"]) for row in noted] == [(case.admin.id, "dispute.answer_submitted")]
    page = await case.client.get(case.page)
    assert "Answered" in page.text
    assert "<textarea" not in page.text


async def test_without_words_nothing_is_kept_and_what_was_chosen_stays(case: Case) -> None:
    answer = await case.post("save", words="   ", facts=["rules"])
    assert answer.status_code == 422
    assert 'id="words-error"' in answer.text
    assert await case.answer() is None


async def test_evidence_may_turn_a_lost_dispute(case: Case) -> None:
    await case.post("submit", words="winning_evidence", sure="yes")
    await run_waiting(case.rt, jobs.TASKS, queues=["payments"])
    case.rt.clock.at += timedelta(days=4)  # type: ignore[attr-defined]
    await note_disputes(case.rt)
    assert await case.facts() == ["dispute.answered", "dispute.won"]


async def test_control_without_evidence_it_is_lost_and_then_takes_none(case: Case) -> None:
    page = await case.client.get(case.page)
    case.rt.clock.at += timedelta(days=4)  # type: ignore[attr-defined]
    await note_disputes(case.rt)
    assert await case.facts() == ["dispute.lost"]
    form = {"csrf_token": csrf(page.text), "words": "Too late.", "act": "save"}
    late = await case.client.post(case.page, data=form)
    assert late.status_code == 409
    assert "This dispute is over." in late.text


async def test_a_provider_out_of_service_is_asked_again_and_given_up_in_the_end(case: Case) -> None:
    sandbox = case.rt.ports.payment_providers["sandbox"]

    class Down:
        can = sandbox.can

        async def answer_dispute(self, order: Any) -> Any:
            raise ProviderDown("as the test wants")

    case.rt.ports.payment_providers = {"sandbox": Down()}
    await case.post("submit", sure="yes")
    await run_waiting(case.rt, jobs.TASKS, queues=["payments"])
    assert (await case.answer()).status is AnswerStatus.SENDING
    for _ in range(6):
        case.rt.clock.at += timedelta(hours=7)  # type: ignore[attr-defined]
        await send_answers(case.rt)
    refused = await case.answer()
    assert (refused.status, refused.reason) == (AnswerStatus.REFUSED, "provider_unavailable")
    assert await case.facts() == ["dispute.answer_refused"]
    case.rt.ports.payment_providers = {"sandbox": sandbox}
    page = await case.client.get(case.page)
    assert "could not be reached in time" in page.text
    key = refused.key
    await case.post("submit", sure="yes")
    await send_answers(case.rt)
    await run_waiting(case.rt, jobs.TASKS, queues=["payments"])
    again = await case.answer()
    assert (again.status, again.key != key) == (AnswerStatus.SENT, True)


async def headers(case: Case, user: User) -> dict[str, str]:
    login = {"email": user.email, "password": PASSWORD}
    token = (await case.client.post("/api/v1/auth/login", json=login)).json()["access_token"]
    case.client.cookies.clear()
    return {"authorization": f"Bearer {token}", "idempotency-key": str(new_id())}


async def test_over_the_api_it_is_read_written_and_submitted_once(case: Case) -> None:
    boss, path = await headers(case, case.admin), f"/api/v1/admin/payments/disputes/{case.dispute.id}"
    read = (await case.client.get(path, headers=boss)).json()
    assert read["answer"] is None
    assert "service" in [each["name"] for each in read["facts"]]
    assert (await case.client.post(f"{path}/answer/submit", headers=boss)).json()["code"] == "dispute_answered"
    body = {"words": "They slept here.", "left_out": ["rules"]}
    assert (await case.client.put(f"{path}/answer", json=body, headers=boss)).json()["status"] == "draft"
    boss["idempotency-key"] = str(new_id())
    sent = [(await case.client.post(f"{path}/answer/submit", headers=boss)).json() for _ in range(2)]
    assert sent[0] == sent[1]
    assert sent[0]["status"] == "sending"
    await run_waiting(case.rt, jobs.TASKS, queues=["payments"])
    refused = await case.client.put(f"{path}/answer", json=body, headers=boss)
    assert (refused.status_code, refused.json()["code"]) == (409, "dispute_answered")
    assert (await case.client.get(f"/api/v1/admin/payments/disputes/{new_id()}", headers=boss)).status_code == 404


async def test_nobody_but_an_admin_sees_or_answers_it(case: Case) -> None:
    async with case.rt.db.write() as tx:
        grace = await a_user(tx)
    other, path = await headers(case, grace), f"/api/v1/admin/payments/disputes/{case.dispute.id}"
    body = {"words": "Nothing to see.", "left_out": []}
    answers = [
        await case.client.get(path, headers=other),
        await case.client.put(f"{path}/answer", json=body, headers=other),
        await case.client.post(f"{path}/answer/submit", headers=other),
    ]
    await case.sign_in(grace)
    answers.append(await case.client.get(case.page))
    assert {each.status_code for each in answers} <= {403, 404}
    assert await case.answer() is None
