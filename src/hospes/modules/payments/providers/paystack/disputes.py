"""Evidence against a dispute (paystack.com/docs/api/dispute): evidence, a document, then the dispute is declined."""

from hospes.modules.payments.providers.calling import Lost, Refused
from hospes.modules.payments.providers.paystack.api import PaystackApi
from hospes.modules.payments.providers.port import Answered, Declined, EvidenceOrder, EvidenceOutcome, Unknown
from hospes.modules.payments.providers.reading import text, whole

_ASKED = "awaiting-merchant-feedback"
_LONGEST = 2_000


async def answer_dispute(api: PaystackApi, order: EvidenceOrder) -> EvidenceOutcome:
    """Decline it with evidence. Paystack has no idempotency key for it: once it has our answer, the dispute does not
    wait for one any more. It wants a document with every answer."""
    path = f"/dispute/{order.dispute_ref}"
    try:
        known = await api.get(path)
        if text(known, "status") != _ASKED:
            ours = text(known, "resolution") == "declined" or text(known, "status") == "awaiting-bank-feedback"
            return Answered(order.dispute_ref) if ours else Declined("evidence_not_wanted", order.dispute_ref)
        if not order.files:
            return Declined("document_wanted", order.dispute_ref)
        said = {
            "customer_email": order.fact("email"),
            "customer_name": order.fact("guest"),
            "customer_phone": "not given",
            "service_details": order.in_words("email", "guest")[:_LONGEST],
        }
        evidence = whole(await api.post(f"{path}/evidence", said), "id")
        file = order.files[0]
        place = await api.get(f"{path}/upload_url", upload_filename=file.name)
        await api.put_file(text(place, "signedUrl"), file.content, file.type)
        resolution = {
            "resolution": "declined",
            "message": order.words[:_LONGEST] or "The service was given as booked.",
            "refund_amount": 0,
            "uploaded_filename": text(place, "fileName"),
            **({"evidence": evidence} if evidence is not None else {}),
        }
        await api.put(f"{path}/resolve", resolution)
    except Refused:
        return Declined("evidence_not_wanted", order.dispute_ref)
    except Lost as lost:
        return Unknown(str(lost))
    return Answered(order.dispute_ref)
