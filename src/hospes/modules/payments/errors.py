"""Why payments refuse."""

from hospes.platform.errors import Conflict, Invalid, NotFound, Unavailable


class PaymentNotFound(NotFound):
    code = "payment_not_found"
    title = "There is no such payment"


class PaymentNotOpen(Conflict):
    code = "payment_not_open"
    title = "This payment takes no card now"


class PaymentInProgress(PaymentNotOpen):
    code = "payment_in_progress"
    title = "This payment is already under way"


class PaymentExists(Conflict):
    code = "payment_exists"
    title = "This booking has a payment of another amount"


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    title = "Nothing was taken that could be given back"


class RefundTooLarge(Conflict):
    code = "refund_too_large"
    title = "More than was taken cannot be given back"


class InvalidAmount(Invalid):
    code = "invalid_amount"
    title = "This amount cannot be right"


class InvalidMethod(Invalid):
    code = "invalid_payment_method"
    title = "This payment method cannot be used"


class InvalidCard(Invalid):
    code = "invalid_card"
    title = "Please check the card"


class WrongSignature(Invalid):
    status = 400
    code = "wrong_signature"
    title = "This message is not from the provider"


class UnknownProvider(Unavailable):
    code = "payment_provider_unavailable"
    title = "This way to pay is not available"


class WayNotOffered(Conflict):
    code = "way_to_pay_not_offered"
    title = "This way to pay is not offered here"


class NotRetriable(Conflict):
    code = "payment_not_retriable"
    title = "This cannot be tried again"


class DeadLetterNotFound(NotFound):
    code = "dead_letter_not_found"
    title = "There is no such failed attempt"


class DisputeNotFound(NotFound):
    code = "dispute_not_found"
    title = "There is no such dispute"


class DisputeAnswered(Conflict):
    code = "dispute_answered"
    title = "This dispute takes no answer now"


class MethodNotFound(NotFound):
    code = "payment_method_not_found"
    title = "There is no such payment method of yours"


class SavingNotFound(NotFound):
    code = "payment_method_not_asked"
    title = "No such method of yours is being kept"


class TooManyMethods(Conflict):
    code = "too_many_payment_methods"
    title = "No more methods can be kept now"


class NotSplittable(Conflict):
    code = "payment_not_splittable"
    title = "This payment cannot be split now"


class CaptureTooLarge(Conflict):
    code = "capture_too_large"
    title = "More than was authorised cannot be taken"


class NothingAuthorised(Conflict):
    code = "nothing_authorised"
    title = "Nothing is authorised that could be taken"


class WebhookUnknown(NotFound):
    code = "webhook_unknown"
    title = "No provider of this name is set up here"
