"""The signed-in person's copies, deletion and agreements."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.errors import ExportNotFound
from hospes.modules.identity.schemas import privacy as s
from hospes.modules.identity.store import privacy
from hospes.modules.identity.use_cases.ask_deletion import ask_deletion, obstacles
from hospes.modules.identity.use_cases.ask_export import ask_export
from hospes.modules.identity.use_cases.make_export import open_export
from hospes.modules.identity.use_cases.note_consents import note_consents
from hospes.platform.addresses import client_address
from hospes.platform.caller import require_caller
from hospes.platform.errors import NotFound
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/users/me")


@router.post("/export", status_code=202)
async def ask_for_my_data(request: Request) -> s.ExportOut:
    """Have a copy made of all that is known of you. A mail tells when it is ready; one is made at a time."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        export_id = await ask_export(tx, user_id=caller.user_id, now=rt.clock.now())
        export = await privacy.find_export(tx, export_id, caller.user_id)
    if export is None:
        raise NotFound
    return s.ExportOut.of(export)


@router.get("/exports")
async def list_my_copies(request: Request) -> s.ExportsOut:
    """The latest copies of your data."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await privacy.list_exports(tx, caller.user_id)
    return s.ExportsOut(items=[s.ExportOut.of(each) for each in found])


@router.get("/exports/{export_id}/file", responses={200: {"content": {"application/zip": {}}}}, response_class=Response)
async def fetch_my_copy(request: Request, export_id: UUID) -> Response:
    """The copy as a ZIP, for 7 days."""
    caller = facade.require_fresh(request)
    return await answer_copy(request, export_id, caller.user_id)


@router.get("/deletion")
async def look_at_my_deletion(request: Request) -> s.DeletionOut:
    """Whether your account is to be deleted, and what is in the way."""
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.read() as tx:
        known = await privacy.find_deletion(tx, caller.user_id)
        found = await obstacles(tx, rt.ports.privacy, user_id=caller.user_id)
    return s.DeletionOut.of(known.due_at if known else None, found)


@router.post("/deletion", status_code=202)
async def ask_to_be_forgotten(request: Request) -> s.DeletionOut:
    """Have your account deleted after 14 days. You are signed out everywhere; signing in again takes it back."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        due_at = await ask_deletion(tx, rt.ports.privacy, user_id=caller.user_id, now=rt.clock.now())
    await facade.close_sessions(rt, caller.user_id)
    return s.DeletionOut.of(due_at, [])


@router.get("/consents")
async def list_my_consents(request: Request) -> s.ConsentsOut:
    """What you have agreed to."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        rows = await privacy.list_consents(tx, caller.user_id)
    return s.ConsentsOut(items=[s.ConsentOut(**row) for row in rows])


@router.put("/consents")
async def change_my_consents(request: Request, body: s.MarketingIn) -> s.ConsentsOut:
    """Say yes or no to news and offers."""
    caller = require_caller(request)
    facade.refuse_while_acting(caller)
    rt = runtime(request)
    async with rt.db.write() as tx:
        await note_consents(
            tx,
            user_id=caller.user_id,
            kinds=("marketing",),
            given=body.marketing,
            origin=facade.origin_of(rt, client_address(request)),
            now=rt.clock.now(),
        )
        rows = await privacy.list_consents(tx, caller.user_id)
    return s.ConsentsOut(items=[s.ConsentOut(**row) for row in rows])


async def answer_copy(request: Request, export_id: UUID, user_id: UUID) -> Response:
    """The file of a copy that is this person's and ready; raises `ExportNotFound`."""
    rt = runtime(request)
    async with rt.db.read() as tx:
        export = await privacy.find_export(tx, export_id, user_id)
    if export is None or export.storage_key is None or (export.ends_at and export.ends_at <= rt.clock.now()):
        raise ExportNotFound("There is no such copy of your data, or its week is over. Ask for a new one.")
    packed = await open_export(rt, export_id, export.storage_key)
    name = f"hospes-{export.asked_at:%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(packed, media_type="application/zip", headers=headers)
