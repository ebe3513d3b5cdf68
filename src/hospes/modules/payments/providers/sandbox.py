"""The shipped provider for trying Hospes out: it moves no money, and its well-known cards do well-known things."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

from hospes.modules.payments.contracts import CardForm, Method
from hospes.modules.payments.errors import InvalidCard
from hospes.modules.payments.policies.cards import sandbox_card_of
from hospes.modules.payments.providers.port import (
    AccountLink,
    AccountOrder,
    AccountState,
    Answered,
    Authorised,
    Capabilities,
    CaptureOrder,
    ChargeOrder,
    Declined,
    DisputeNews,
    EvidenceOrder,
    EvidenceOutcome,
    Kind,
    NeedsAction,
    Outcome,
    ProviderDown,
    ProviderEvent,
    RefundOrder,
    RenewOrder,
    ReportLine,
    ReverseOrder,
    Saved,
    SaveOrder,
    SaveOutcome,
    SignatureRefused,
    Succeeded,
    TransferOrder,
    Unknown,
    VoidOrder,
)
from hospes.modules.payments.providers.reading import read_message, uuid_or_none
from hospes.modules.payments.providers.sandbox_accounts import SandboxAccounts
from hospes.modules.payments.providers.sandbox_books import BookedCharge, KeptToken, NewCharge, SandboxBooks
from hospes.modules.payments.providers.signature import verify

SIGNATURE = "sandbox-signature"
SLOW_SECONDS = 8.0
SILENT_SECONDS = 600.0
HELD_FOR = timedelta(days=7)
NONSENSE = Unknown("the answer makes no sense, as this card asks")


class SandboxProvider:
    """Keeps its own books; answers as the card asks."""

    name = "sandbox"
    can = Capabilities(
        authorise=True,
        save_methods=True,
        transfers=True,
        disputes=True,
        reverses=True,
        saves_unpaid=True,
        answers_disputes=True,
    )

    def __init__(
        self,
        books: SandboxBooks,
        *,
        webhook_secret: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._books = books
        self._accounts = SandboxAccounts(books)
        self._secret = webhook_secret
        self._sleep = sleep

    async def tokenise(self, form: CardForm, *, now: datetime) -> Method:
        """A token for a test card; raises `InvalidCard`. The number is looked at and forgotten."""
        card, errors = sandbox_card_of(form, today=now.date())
        if card is None:
            raise InvalidCard("Please check what is marked.", fields=errors)
        last4 = card.number[-4:]
        fingerprint = self._fingerprint(card.number, form)
        token = await self._books.keep_token(
            behaviour=card.behaviour, brand=card.brand, last4=last4, fingerprint=fingerprint
        )
        return Method(token, card.brand, last4)

    async def charge(self, order: ChargeOrder) -> Outcome:
        """Take or hold the money as the card asks; the same key again finds the same charge."""
        known = await self._books.find_charge(order.key)
        if known is not None:
            return _outcome(known) if known.amount == order.amount else Unknown("the key was used for another amount")
        if order.amount.amount <= 0:
            return Declined("amount_not_supported")
        kept = await self._books.find_token(order.method.token)
        if kept is None or (order.off_session and kept.customer is None):
            return Declined("unknown_method")
        if kept.behaviour == "outage" and await self._books.count_outage(order.key) == 1:
            raise ProviderDown("the sandbox is out of service, as this card asks")
        if kept.behaviour == "slow":
            await self._sleep(SLOW_SECONDS)
        booked = await self._book(order, kept)
        if kept.behaviour == "silent":
            await self._sleep(SILENT_SECONDS)
        return Unknown("the answer was lost, as this card asks") if kept.behaviour == "lost" else _outcome(booked)

    async def capture(self, order: CaptureOrder) -> Outcome:
        """Take what is held; the rest is released."""
        if await self._books.find_ending(order.key) is None:
            charge = await self._books.charge_named(order.charge_ref)
            if charge is None or order.amount.amount <= 0:
                return Declined("capture_refused", order.charge_ref)
            if charge.status == "voided" or self._has_lapsed(charge):
                return Declined("authorisation_expired", order.charge_ref)
        ended = await self._books.end(order.key, order.charge_ref, "capture", order.amount)
        if ended is None or ended.kind != "capture":
            return Declined("capture_refused", order.charge_ref)
        if ended.amount != order.amount:
            return Unknown("the key was used for another amount")
        return Succeeded(ended.charge_id, ended.amount)

    async def void(self, order: VoidOrder) -> Outcome:
        """Release what is held, or withdraw a charge that waits for its payer."""
        ended = await self._books.end(order.key, order.charge_ref, "void", None)
        if ended is not None:
            return Succeeded(ended.charge_id, ended.amount)
        charge = await self._books.charge_named(order.charge_ref)
        if charge is not None and charge.status == "voided":
            return Succeeded(charge.id, charge.amount)
        return Declined("void_refused", order.charge_ref)

    async def renew(self, order: RenewOrder) -> Outcome:
        """What the sandbox holds stands for seven days; a kept method is authorised anew."""
        return Declined("not_supported", order.charge_ref)

    async def refund(self, order: RefundOrder) -> Outcome:
        """Give money back; the same key again finds the same refund."""
        booked = await self._books.book_refund(order.key, order.charge_ref, order.amount)
        if booked is None:
            return Declined("refund_refused")
        return Succeeded(booked.id, booked.amount)

    async def transfer(self, order: TransferOrder) -> Outcome:
        """Pay an account; the same key again finds the same transfer."""
        if order.amount.amount <= 0:
            return Declined("amount_not_supported")
        booked = await self._accounts.transfer(order.key, order.account_ref, order.amount, order.about)
        if booked is None:
            return Declined("account_not_ready")
        return (
            Succeeded(booked.id, booked.amount)
            if booked.amount == order.amount
            else Unknown("the key was used for another amount")
        )

    async def reverse(self, order: ReverseOrder) -> Outcome:
        """Take a transfer back; the same key again finds the same reversal."""
        booked = await self._accounts.reverse(order.key, order.transfer_ref, order.amount)
        return Succeeded(booked.id, booked.amount) if booked else Declined("reverse_refused")

    async def look_up(
        self, key: UUID, kind: Kind, *, ref: str | None = None, target: str | None = None
    ) -> Outcome | None:
        """What the books say of this key."""
        if kind in ("charge", "authorise"):
            charge = await self._books.find_charge(key)
            if charge is not None and charge.status == "authorised" and self._has_lapsed(charge):
                return Declined("authorisation_expired", charge.id)
            return _outcome(charge) if charge else None
        if kind in ("capture", "void"):
            ended = await self._books.find_ending(key)
            return Succeeded(ended.charge_id, ended.amount) if ended else None
        found = await (self._books.find_refund(key) if kind == "refund" else self._accounts.find(key, kind))
        return Succeeded(found.id, found.amount) if found else None

    async def save_method(self, order: SaveOrder) -> SaveOutcome:
        """Keep a test card for later; cards that decline are declined here too."""
        kept = await self._books.find_token(order.method.token)
        if kept is None:
            return Declined("unknown_method")
        word, _, reason = kept.behaviour.partition(":")
        if word == "decline":
            return Declined(reason)
        asks = f"{urlsplit(order.page).path}/challenge" if word == "challenge" else None
        customer = order.customer if asks else await self._books.save_token(order.method.token, order.customer)
        saving = await self._books.book_saving(order.key, order.method.token, asks=asks, customer=customer)
        return await self.look_up_saved(saving)

    async def look_up_saved(self, ref: str) -> SaveOutcome:
        """What was saved under this name."""
        saving = await self._books.find_saving(ref)
        kept = await self._books.find_token(saving.token) if saving else None
        if saving is None or kept is None:
            return Declined("unknown_method")
        if saving.status == "needs_action":
            return NeedsAction(ref, {"kind": "redirect", "url": saving.action_url})
        if saving.status == "declined":
            return Declined("challenge_declined", ref)
        customer = kept.customer or await self._books.save_token(saving.token, saving.customer)
        return Saved(ref, Method(saving.token, kept.brand, kept.last4, kept.fingerprint), customer)

    async def forget_method(self, token: str) -> None:
        """The token cannot be charged any more."""
        await self._books.forget_token(token)

    async def open_account(self, order: AccountOrder) -> AccountLink:
        """An account that can be paid to at once, unless its owner's address begins with `pending`."""
        account = await self._accounts.open(order)
        if order.email.startswith("pending"):
            return AccountLink(account, order.page)
        await self._accounts.enable(account)
        return AccountLink(account, "")

    async def enable_account(self, ref: str) -> None:
        """The owner of a pending account has given what was asked."""
        await self._accounts.enable(ref)

    async def account_state(self, ref: str) -> AccountState:
        """Whether the account can be paid to."""
        found = await self._accounts.state(ref)
        if found is None:
            return AccountState(False, ("This account is not known.",))
        enabled, page = found
        return AccountState(True) if enabled else AccountState(False, ("A proof of who you are.",), page)

    async def report(self, since: datetime, until: datetime) -> Sequence[ReportLine]:
        """Every movement of the books; the sandbox takes no fees."""
        return await self._accounts.report(since, until)

    async def list_disputes(self, since: datetime) -> Sequence[DisputeNews]:
        """What the banks of the disputing cards have done."""
        return await self._accounts.disputes(since)

    async def answer_dispute(self, order: EvidenceOrder) -> EvidenceOutcome:
        """Keep it until the bank decides; `winning_evidence` in its words wins, as in Stripe's test mode."""
        taken = await self._accounts.keep_evidence(order.key, order.dispute_ref, order.in_words(), len(order.files))
        return Answered(order.dispute_ref) if taken else Declined("evidence_not_wanted", order.dispute_ref)

    async def answer_challenge(self, key: UUID, *, approve: bool) -> None:
        """The payer's answer to the bank's question."""
        await self._books.answer(key, approve=approve)

    async def parse_webhook(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> ProviderEvent:
        """`{"id": "evt_…", "type": "charge.succeeded", "data": {"key": …}}`, signed as providers/signature.py says."""
        verify(self._secret, headers.get(SIGNATURE, ""), raw, now=now)
        payload = read_message(raw)
        if not isinstance(payload.get("id"), str) or not 0 < len(payload["id"]) < 256:
            raise SignatureRefused("The message has no id.")
        data = payload.get("data")
        key, account = (data.get("key"), data.get("account")) if isinstance(data, dict) else (None, None)
        about = account if isinstance(account, str) and account else None
        return ProviderEvent(payload["id"], str(payload.get("type", "")), uuid_or_none(key), payload, account_ref=about)

    async def _book(self, order: ChargeOrder, kept: KeptToken) -> BookedCharge:
        word, _, reason = kept.behaviour.partition(":")
        status = {"decline": "declined", "challenge": "needs_action"}.get(
            word, "succeeded" if order.capture else "authorised"
        )
        if status == "needs_action" and order.off_session:
            status, reason = "declined", "authentication_required"
        customer = order.customer
        if order.save and status != "declined":
            customer = await self._books.save_token(order.method.token, order.customer)
        return await self._books.book_charge(
            NewCharge(
                order.key,
                order.amount,
                order.method.token,
                status,
                reason=reason if status == "declined" else None,
                action_url=urlsplit(order.page).path + "/challenge" if status == "needs_action" else None,
                expires_at=None if order.capture else self._books.now() + HELD_FOR,
                customer=customer,
            )
        )

    def _fingerprint(self, number: str, form: CardForm) -> str:
        """Many people try the same few test cards, so whose card it says it is counts as well."""
        holder = f"{number}|{form.expiry.replace(' ', '')}|{' '.join(form.name.casefold().split())}"
        return hmac.new(self._secret.encode(), holder.encode(), sha256).hexdigest()

    def _has_lapsed(self, charge: BookedCharge) -> bool:
        late = charge.expires_at is not None and self._books.now() >= charge.expires_at
        return charge.behaviour == "lapse" or late


def _outcome(charge: BookedCharge) -> Outcome:
    if charge.behaviour == "nonsense":
        return NONSENSE
    method = Method(charge.token, charge.brand, charge.last4, charge.fingerprint)
    if charge.status == "succeeded":
        return Succeeded(charge.id, charge.taken, method=method, customer=charge.customer)
    if charge.status == "authorised" and charge.expires_at is not None:
        return Authorised(charge.id, charge.amount, charge.expires_at, method, charge.customer)
    if charge.status == "declined":
        return Declined(charge.reason or "card_declined", charge.id)
    if charge.status == "voided":
        return Declined("cancelled", charge.id)
    if charge.status == "needs_action":
        return NeedsAction(charge.id, {"kind": "redirect", "url": charge.action_url})
    return Unknown(f"the sandbox says {charge.status}")
