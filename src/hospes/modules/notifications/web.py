"""For admins: which messages were written, and what became of them.

Where no mail server is set, messages can be read here too, so that a trial shows what guests would get. Where one is,
their text is nobody's to read. Codes and links are in no message that is kept; where a trial runs (no mail server, not
in production) the delivered file can be opened, for somebody has to read it.
"""

import asyncio
from email import message_from_bytes
from email.policy import default as default_policy
from html import escape
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from hospes.modules.identity import facade as identity
from hospes.modules.notifications import queries, store
from hospes.modules.notifications.contracts import CODE, LINK, Message, MessageStatus
from hospes.modules.notifications.errors import MessageNotFound
from hospes.modules.notifications.use_cases.send_message import documents_of
from hospes.platform.caller import require_caller
from hospes.platform.csrf import verify_csrf
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/admin/mail", include_in_schema=False, dependencies=[Depends(verify_csrf)])
PAGE = 50
# A message is shown in a frame that can do nothing: no scripts, nothing from elsewhere, styles of its own only.
FRAMED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox",
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
}


@router.get("")
async def messages_page(
    request: Request, status: MessageStatus | None = None, before: Annotated[UUID | None, Query()] = None
) -> Response:
    """Messages, the newest first."""
    rt = _for_admins(request)
    async with rt.db.read() as tx:
        found = await queries.list_messages(tx, status=status, before=before, limit=PAGE + 1)
        counts = await queries.count_by_status(tx)
    context = {
        "messages": found[:PAGE],
        "next_before": found[PAGE - 1].id if len(found) > PAGE else None,
        "before": before,
        "status": status,
        "statuses": list(MessageStatus),
        "counts": counts,
        "readable": not rt.settings.mail.url,
    }
    return render(request, "notifications/mail.html", context)


@router.get("/{message_id}")
async def message_page(request: Request, message_id: UUID) -> Response:
    """One message as its reader gets it."""
    rt = _for_admins(request)
    message = await _readable(rt, message_id)
    files = [each.name for each in await documents_of(rt, message)]
    context = {
        "message": message,
        "files": files,
        "plain": _without_secrets(message.plain),
        "delivered": message.secrets and message.status is MessageStatus.SENT and _is_trial(rt),
    }
    return render(request, "notifications/message.html", context)


@router.get("/{message_id}/delivered")
async def delivered_body(request: Request, message_id: UUID) -> Response:
    """The message as it was delivered into the folder, with its code and link: for trials, where nobody gets mail."""
    rt = _for_admins(request)
    message = await _readable(rt, message_id)
    if not _is_trial(rt) or message.status is not MessageStatus.SENT:
        raise MessageNotFound("What was delivered is read here in trials only.")
    if message.channel == "sms":
        raw = await _file(rt.settings.data_dir / "sms" / f"{message.id}.txt")
        return Response(raw, media_type="text/plain; charset=utf-8", headers=FRAMED)
    mail = message_from_bytes(await _file(rt.settings.data_dir / "mail" / f"{message.id}.eml"), policy=default_policy)
    body = mail.get_body(("html",))
    return HTMLResponse(body.get_content() if body else "", headers=FRAMED)


@router.get("/{message_id}/body")
async def message_body(request: Request, message_id: UUID) -> Response:
    """Its HTML, for the frame."""
    message = await _readable(_for_admins(request), message_id)
    return HTMLResponse(_without_secrets(message.html or f"<pre>{escape(message.plain)}</pre>"), headers=FRAMED)


@router.get("/{message_id}/files/{name}")
async def message_file(request: Request, message_id: UUID, name: str) -> Response:
    """What is attached to it."""
    rt = _for_admins(request)
    message = await _readable(rt, message_id)
    if name == "booking.ics" and message.calendar:
        return Response(message.calendar, media_type="text/calendar; charset=utf-8", headers=_attached(name))
    for each in await documents_of(rt, message):
        if each.name == name:
            return Response(each.data, media_type=each.type, headers=_attached(each.name))
    raise MessageNotFound


@router.post("/{message_id}/again")
async def send_again(request: Request, message_id: UUID) -> Response:
    """Have a message that failed tried once more."""
    rt = _for_admins(request)
    async with rt.db.write() as tx:
        if not await store.try_again(tx, message_id, now=rt.clock.now()):
            raise MessageNotFound("Only a message that has failed can be tried again.")
    response = RedirectResponse("/admin/mail", 303)
    flash(response, "It is tried again.")
    return response


def _for_admins(request: Request) -> Runtime:
    identity.require_deed(require_caller(request), identity.Deed.READ_MAIL)
    return runtime(request)


async def _readable(rt: Runtime, message_id: UUID) -> Message:
    if rt.settings.mail.url:
        raise MessageNotFound("Messages that leave through a mail server are not read here.")
    async with rt.db.read() as tx:
        message = await queries.find_message(tx, message_id)
    if message is None:
        raise MessageNotFound
    return message


def _is_trial(rt: Runtime) -> bool:
    return rt.settings.environment == "development" and not rt.settings.mail.url


def _without_secrets(text: str) -> str:
    """Codes and links are not in it anyway; dots show where they were."""
    return text.replace(CODE, "••••••").replace(LINK, "…")


async def _file(path: Path) -> bytes:
    try:
        return await asyncio.to_thread(path.read_bytes)
    except OSError as fault:
        raise MessageNotFound("The file is gone.") from fault


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
