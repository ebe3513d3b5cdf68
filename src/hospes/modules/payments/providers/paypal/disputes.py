"""Evidence against a dispute (developer.paypal.com/docs/api/customer-disputes/v1): multipart, what is said as JSON."""

from typing import Any

import orjson

from hospes.modules.payments.providers.calling import Lost, Refused
from hospes.modules.payments.providers.paypal.api import PayPalApi
from hospes.modules.payments.providers.port import Answered, Declined, EvidenceOrder, EvidenceOutcome, Unknown
from hospes.modules.payments.providers.reading import items, text

_DISPUTES = "/v1/customer/disputes"
_LONGEST = 2_000


async def answer_dispute(api: PayPalApi, order: EvidenceOrder) -> EvidenceOutcome:
    """Give it where PayPal's own links say that it is wanted: as evidence while the seller is asked, as supporting
    information later."""
    path = f"{_DISPUTES}/{order.dispute_ref}"
    notes = order.in_words()[:_LONGEST]
    said: dict[str, Any]
    try:
        known = await api.get(path)
        offered = {text(link, "rel") for link in items(known, "links")}
        if "provide-evidence" in offered:
            step, said = "provide-evidence", {"evidences": [{"evidence_type": "OTHER", "notes": notes}]}
            name = "evidence-file"
        elif "provide-supporting-info" in offered:
            step, said, name = "provide-supporting-info", {"notes": notes}, "supporting-document"
        elif any(text(each, "notes") == notes for each in items(known, "evidences")):
            return Answered(order.dispute_ref)  # it has ours already
        else:
            return Declined("evidence_not_wanted", order.dispute_ref)
        parts = [("input", ("input.json", orjson.dumps(said), "application/json"))]
        parts += [(name, (file.name, file.content, file.type)) for file in order.files]
        await api.upload(f"{path}/{step}", parts, key=str(order.key))
    except Refused:
        return Declined("evidence_not_wanted", order.dispute_ref)
    except Lost as lost:
        return Unknown(str(lost))
    return Answered(order.dispute_ref)
