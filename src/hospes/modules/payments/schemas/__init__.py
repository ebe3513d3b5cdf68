"""The wire and form shapes of payments."""

from hospes.modules.payments.schemas.disputes import (
    AnswerFields,
    AnswerIn,
    AnswerOut,
    DisputeDetailOut,
    DisputeOut,
    DisputesOut,
)
from hospes.modules.payments.schemas.fields import MoneyOut, Provider, Typed
from hospes.modules.payments.schemas.forms import CardFields, ChallengeFields, SavedFields, SplitFields, VendorFields
from hospes.modules.payments.schemas.letters import LetterOut, LettersOut, NoteFields, NoteIn, ReceivedOut
from hospes.modules.payments.schemas.methods import CardIn, MethodsOut, SavedMethodOut, SaveIn, SavingOut, TokenOut
from hospes.modules.payments.schemas.paying import ConfirmIn, IntentIn, MethodIn, SplitIn
from hospes.modules.payments.schemas.payments import IntentOut, PaymentOut, PaymentsOut, WayOut
from hospes.modules.payments.schemas.terms import TermsBody, TermsFields

__all__ = [
    "AnswerFields",
    "AnswerIn",
    "AnswerOut",
    "CardFields",
    "CardIn",
    "ChallengeFields",
    "ConfirmIn",
    "DisputeDetailOut",
    "DisputeOut",
    "DisputesOut",
    "IntentIn",
    "IntentOut",
    "LetterOut",
    "LettersOut",
    "MethodIn",
    "MethodsOut",
    "MoneyOut",
    "NoteFields",
    "NoteIn",
    "PaymentOut",
    "PaymentsOut",
    "Provider",
    "ReceivedOut",
    "SaveIn",
    "SavedFields",
    "SavedMethodOut",
    "SavingOut",
    "SplitFields",
    "SplitIn",
    "TermsBody",
    "TermsFields",
    "TokenOut",
    "Typed",
    "VendorFields",
    "WayOut",
]
