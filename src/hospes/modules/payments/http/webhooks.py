"""Messages of the providers: signature checked over the raw body, kept once, processed once they are answered."""

from fastapi import APIRouter, BackgroundTasks, Request

from hospes.modules.payments.errors import WebhookUnknown
from hospes.modules.payments.schemas import ReceivedOut
from hospes.modules.payments.use_cases.receive_event import process_event, receive_event
from hospes.platform.runtime import runtime

router = APIRouter()


@router.post("/webhooks/{provider}")
async def receive_webhook(request: Request, provider: str, background: BackgroundTasks) -> ReceivedOut:
    """A message of `stripe`, `paystack`, `paypal` or `sandbox`, whichever is set up; signed as that provider does.

    The sandbox signs `Sandbox-Signature: t=…,v1=…` over the raw body.
    """
    rt = runtime(request)
    if provider not in rt.ports.payment_providers:
        raise WebhookUnknown
    new = await receive_event(rt, provider, request.headers, await request.body())
    if new is not None:
        background.add_task(process_event, rt, provider, new)
    return ReceivedOut(repeated=new is None)
