"""Showing who one is: a host's documents, and the admins' queue."""

from datetime import date, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile

from hospes.modules.identity import facade, showing_identity
from hospes.modules.identity.contracts import CheckStatus, DocumentKind, IdentityCheck, Side
from hospes.modules.identity.queries import identity_checks as checks
from hospes.modules.identity.schemas.identity_checks import (
    Country,
    DecisionForm,
    IdentityCheckOut,
    IdentityChecksOut,
    ReviewedCheckOut,
    ReviewedChecksOut,
)
from hospes.modules.identity.use_cases.decide_identity_check import decide_identity_check
from hospes.platform.caller import Caller, require_caller
from hospes.platform.runtime import Runtime, runtime
from hospes.platform.uploads import MAX_BYTES

router = APIRouter()
DECISIONS = {"approve": CheckStatus.APPROVED, "refuse": CheckStatus.REFUSED}
# What an admin sees of a document can do nothing, is kept nowhere and is shown on no other site.
VIEW_HEADERS = {
    "Cache-Control": "no-store, private",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Content-Disposition": "inline",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


@router.post("/users/me/identity-checks", status_code=201, name="send_identity_documents")
async def send(
    request: Request,
    kind: Annotated[DocumentKind, Form()],
    country: Annotated[Country, Form()],
    expires_on: Annotated[date, Form()],
    front: Annotated[UploadFile, File(description="JPEG, PNG or WebP, at most 10 MB.")],
    selfie: Annotated[UploadFile, File(description="You, holding the document.")],
    back: Annotated[UploadFile | None, File(description="Of everything but a passport.")] = None,
) -> IdentityCheckOut:
    """Show who you are; an admin looks at it. Pictures are kept sealed, and deleted some days after the decision."""
    caller = require_host(request)
    sent = {Side.FRONT: front, Side.BACK: back, Side.SELFIE: selfie}
    files = {side: await file.read(MAX_BYTES + 1) for side, file in sent.items() if file is not None}
    check = await showing_identity.send_documents(
        runtime(request),
        caller.user_id,
        kind=kind,
        country=country,
        expires_on=expires_on,
        files=files,
    )
    return IdentityCheckOut.of(check)


@router.get("/users/me/identity-checks", name="list_my_identity_checks")
async def own(request: Request) -> IdentityChecksOut:
    """What you have sent, the latest first, and what came of it."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await checks.list_checks_of(tx, caller.user_id)
    return IdentityChecksOut(items=[IdentityCheckOut.of(each) for each in found])


@router.get("/admin/identity-checks", tags=["admin"], name="list_identity_checks")
async def queue(
    request: Request,
    status: CheckStatus | None = CheckStatus.WAITING,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ReviewedChecksOut:
    """The oldest first; those that wait unless another status is asked for."""
    facade.require_deed(require_caller(request), facade.Deed.REVIEW_IDENTITIES)
    async with runtime(request).db.read() as tx:
        found = await checks.list_checks(tx, status=status, after=cursor, limit=limit + 1)
    items = [ReviewedCheckOut.of(each) for each in found[:limit]]
    return ReviewedChecksOut(items=items, next_cursor=found[limit - 1].id if len(found) > limit else None)


@router.get(
    "/admin/identity-checks/{check_id}/files/{side}",
    tags=["admin"],
    name="view_identity_document",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
async def view(request: Request, check_id: UUID, side: Side) -> Response:
    """One picture, to an admin who has just confirmed who they are; each look is written into the audit trail."""
    return await shown(request, check_id, side)


@router.put("/admin/identity-checks/{check_id}/{decision}", tags=["admin"], name="decide_identity_check")
async def decide(
    request: Request, check_id: UUID, decision: Literal["approve", "refuse"], body: DecisionForm
) -> ReviewedCheckOut:
    """Approve, or refuse with a reason; the person is told by mail. Of two admins the first one's decision stands."""
    caller = require_reviewer(request)
    await take_decision(runtime(request), caller, check_id, decision, body)
    async with runtime(request).db.write() as tx:
        found = await checks.find_check(tx, check_id)
    assert found is not None
    return ReviewedCheckOut.of(found)


def require_host(request: Request) -> Caller:
    """The host who asks, in person."""
    caller = require_caller(request)
    facade.require_deed(caller, facade.Deed.SELL)
    facade.refuse_while_acting(caller)
    return caller


def require_reviewer(request: Request) -> Caller:
    """The admin who asks, and who has just confirmed who they are."""
    facade.require_deed(require_caller(request), facade.Deed.REVIEW_IDENTITIES)
    return facade.require_fresh(request)


async def take_decision(
    rt: Runtime, caller: Caller, check_id: UUID, decision: str, said: DecisionForm
) -> IdentityCheck:
    """The check as it was before."""
    async with rt.db.write() as tx:
        return await decide_identity_check(
            tx,
            check_id=check_id,
            admin_id=caller.user_id,
            status=DECISIONS[decision],
            reason=said.reason.strip(),
            expires_on=said.expires_on,
            keep_files=timedelta(days=rt.settings.hosts.identity_files_days),
            now=rt.clock.now(),
        )


async def shown(request: Request, check_id: UUID, side: Side) -> Response:
    """The picture, for API and page alike."""
    caller = require_reviewer(request)
    picture = await showing_identity.open_document(
        runtime(request), check_id=check_id, side=side, admin_id=caller.user_id
    )
    return Response(picture, media_type="image/jpeg", headers=VIEW_HEADERS)
