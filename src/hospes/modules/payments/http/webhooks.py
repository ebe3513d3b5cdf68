"""Messages of the providers: signature checked over the raw body, kept once, processed by a job."""

from fastapi import APIRouter, Request

from hospes.modules.payments.errors import WebhookUnknown
from hospes.modules.payments.schemas import ReceivedOut
from hospes.modules.payments.use_cases.receive_event import receive_event
from hospes.platform.runtime import runtime

router = APIRouter()


@router.post("/webhooks/{provider}")
async def receive_webhook(request: Request, provider: str) -> ReceivedOut:
    """A message of `stripe`, `paystack`, `paypal` or `sandbox`, whichever is set up; signed as that provider does.

    The sandbox signs `Sandbox-Signature: t=…,v1=…` over the raw body.
    """
    rt = runtime(request)
    if provider not in rt.ports.payment_providers:
        raise WebhookUnknown
    new = await receive_event(rt, provider, request.headers, await request.body())
    return ReceivedOut(repeated=not new)
