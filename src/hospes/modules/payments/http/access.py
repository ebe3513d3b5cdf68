"""Whose payment it is."""

from uuid import UUID

from hospes.modules.payments import facade, queries
from hospes.modules.payments.contracts import Method, Payment
from hospes.modules.payments.errors import MethodNotFound, PaymentNotFound
from hospes.modules.payments.schemas import ConfirmIn
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx


async def payment_for(tx: ReadTx, caller: Caller, booking_id: UUID) -> Payment:
    """The part of a booking's payment that matters now, for its payer only."""
    return own(await facade.payment_of(tx, booking_id), caller)


async def part_for(tx: ReadTx, caller: Caller, body: ConfirmIn) -> Payment:
    """The part that is to be paid: the one named, else the one that matters now."""
    payment = await payment_for(tx, caller, body.booking_id)
    if body.payment_id is None or body.payment_id == payment.id:
        return payment
    named = own(await queries.find_payment(tx, body.payment_id), caller)
    if named.booking_id != body.booking_id:
        raise PaymentNotFound
    return named


async def method_for(tx: ReadTx, caller: Caller, body: ConfirmIn, provider: str) -> tuple[Method, str]:
    """What is paid with, and at which provider: a method the payer keeps, else the token that was sent."""
    if body.saved_method_id is None:
        return (body.method.method() if body.method else Method("")), provider
    kept = await queries.list_methods(tx, caller.user_id)
    found = next((each for each in kept if each.id == body.saved_method_id), None)
    if found is None:
        raise MethodNotFound
    return found.method, found.provider


def own(payment: Payment | None, caller: Caller) -> Payment:
    """The payment, if it is the caller's; raises `PaymentNotFound`."""
    if payment is None or payment.payer_id != caller.user_id:
        raise PaymentNotFound
    return payment
