"""Evidence against a dispute (docs.stripe.com/disputes/responding): documents are uploaded, then it is submitted."""

from io import BytesIO
from typing import Any

from hospes.modules.payments.contracts import EvidenceFile
from hospes.modules.payments.providers.calling import Lost, Refused
from hospes.modules.payments.providers.port import Answered, Declined, EvidenceOrder, EvidenceOutcome, Unknown
from hospes.modules.payments.providers.reading import text
from hospes.modules.payments.providers.stripe.api import StripeApi

_LONGEST = 20_000
_OWN_FIELDS = ("service", "dates", "terms", "guest", "email")


async def answer_dispute(api: StripeApi, order: EvidenceOrder) -> EvidenceOutcome:
    """Submit it; Stripe passes it on to the bank, and takes nothing after that."""
    try:
        evidence: dict[str, Any] = {
            "product_description": order.fact("service"),
            "service_date": order.fact("dates"),
            "cancellation_policy_disclosure": order.fact("terms"),
            "customer_name": order.fact("guest"),
            "customer_email_address": order.fact("email"),
            "uncategorized_text": order.in_words(*_OWN_FIELDS),
        }
        for place, file in zip(("receipt", "uncategorized_file"), order.files, strict=False):
            given = {"purpose": "dispute_evidence", "file": _named(file)}
            made = await api.call(api.v1.files.create_async, given, key=f"{order.key}-{place}")
            evidence[place] = text(made, "id")
        params = {
            "evidence": {name: value[:_LONGEST] for name, value in evidence.items() if value},
            "submit": True,
            "metadata": {"answer_key": str(order.key)},
        }
        dispute = await api.call(api.v1.disputes.update_async, order.dispute_ref, params, key=str(order.key))
    except Refused:
        return Declined("evidence_not_wanted", order.dispute_ref)
    except Lost as lost:
        return Unknown(str(lost))
    if text(dispute, "object") != "dispute":
        return Unknown("the answer is no dispute")
    return Answered(order.dispute_ref)


def _named(file: EvidenceFile) -> BytesIO:
    content = BytesIO(file.content)
    content.name = file.name
    return content
