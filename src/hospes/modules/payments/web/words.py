"""What pages call things."""

from hospes.modules.payments.contracts import Payment, PaymentStatus, Purpose, Way

VENDORS = {"stripe": "Card, Apple Pay or Google Pay", "paystack": "Paystack", "paypal": "PayPal", "sandbox": "Card"}
NAMES = {"stripe": "Stripe", "paystack": "Paystack", "paypal": "PayPal", "sandbox": "Your bank"}
PURPOSES = {
    Purpose.FULL: "Payment",
    Purpose.DEPOSIT: "Deposit",
    Purpose.BALANCE: "Balance",
    Purpose.SHARE: "Share",
    Purpose.DAMAGE_DEPOSIT: "Damage deposit",
    Purpose.EXTRA: "Change",
}
WAYS = {
    Way.FULL: "Everything at booking",
    Way.DEPOSIT: "A deposit for long stays, the balance before arrival",
    Way.AUTHORISE: "Reserved at booking, taken after check-in",
    Way.AT_PROPERTY: "At the property",
}
KINDS = {"charge": "Charge", "authorise": "Hold", "capture": "Taking a hold", "void": "Release", "refund": "Refund"}
STEPS = {
    "recorded": "waits to be sent",
    "calling": "under way",
    "needs_action": "waits for the payer",
    "succeeded": "done",
    "declined": "refused",
    "unknown": "being looked up",
    "dead": "given up",
}
REASONS = {
    "provider_unavailable": "The provider could not be reached; nothing happened there.",
    "answer_lost": "The answer was lost and could not be found again.",
    "amount_mismatch": "The provider moved another amount than we asked for.",
    "refund_refused": "The provider refuses to give this back.",
}
ANSWERS = {
    "draft": ("A draft", "wait"),
    "sending": ("On its way", "wait"),
    "sent": ("Answered", "good"),
    "refused": ("Not taken", "bad"),
}
REFUSALS = {
    "evidence_not_wanted": "The payment service takes no evidence for this dispute any more, or has some already.",
    "document_wanted": "The payment service wants a document, and there is no invoice or receipt of this booking.",
    "provider_unavailable": "The payment service could not be reached in time.",
}
_STATUS = {
    PaymentStatus.SCHEDULED: ("Due later", "wait"),
    PaymentStatus.AWAITING_METHOD: ("To pay", "wait"),
    PaymentStatus.PROCESSING: ("Under way", "wait"),
    PaymentStatus.NEEDS_ACTION: ("Needs you", "wait"),
    PaymentStatus.AUTHORISED: ("Reserved", "good"),
    PaymentStatus.SUCCEEDED: ("Paid", "good"),
    PaymentStatus.FAILED: ("Failed", "bad"),
    PaymentStatus.CANCELLED: ("Not taken", "plain"),
    PaymentStatus.PARTLY_REFUNDED: ("Partly refunded", "ink"),
    PaymentStatus.REFUNDED: ("Refunded", "ink"),
}


def status_words(payment: Payment) -> tuple[str, str]:
    """The status of a payment, and its tone."""
    if payment.purpose is Purpose.DAMAGE_DEPOSIT and payment.status is PaymentStatus.CANCELLED:
        return "Released", "plain"
    return _STATUS[payment.status]
