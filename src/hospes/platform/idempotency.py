"""Same key, same answer (DESIGN.md 2.4): the answer is stored in the commit of its effect.

A key belongs to its caller for 24 hours. While the first request is in flight a second is refused; another body, method
or path under the same key is refused; a repeat gets the stored answer with `Idempotency-Replayed: true`.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString

import orjson
from fastapi import Request
from psycopg.errors import DeadlockDetected, SerializationFailure
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb
from starlette.responses import Response

from hospes.platform.addresses import client_address
from hospes.platform.caller import find_caller
from hospes.platform.db import Row, WriteTx
from hospes.platform.errors import Conflict, HospesError, Invalid
from hospes.platform.problems import MEDIA_TYPE, answer, problem_of
from hospes.platform.runtime import Runtime

_INSERT: LiteralString = (
    "INSERT INTO platform.idempotency AS old (caller, key, request_hash, status, body, headers, expires_at)"
    " SELECT %(caller)s::text, %(key)s::text, %(hash)s::bytea, %(status)s::smallint, %(body)s::bytea,"
    " %(headers)s::jsonb, %(now)s::timestamptz + interval '24 hours'"
)
_TAKE_OVER: LiteralString = (
    " ON CONFLICT (caller, key) DO UPDATE SET request_hash = EXCLUDED.request_hash, status = EXCLUDED.status,"
    " body = EXCLUDED.body, headers = EXCLUDED.headers, expires_at = EXCLUDED.expires_at"
    " WHERE old.expires_at <= %(now)s"
)


class KeyRequired(Invalid):
    """A request that creates or moves money came without a key."""

    status = 400
    code = "idempotency_key_required"
    title = "An Idempotency-Key header is needed"


class KeyInFlight(Conflict):
    """The first request with this key has not been answered yet."""

    code = "idempotency_in_flight"
    title = "The first request with this key is still at work"


class KeyReused(Invalid):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    title = "This key was used for another request"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the handler answers: stored and replayed as it is."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[WriteTx], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class _Key:
    caller: str
    key: str
    request_hash: bytes
    now: datetime


class _Answered(Exception):
    """There is an answer to this key already."""

    def __init__(self, row: Row) -> None:
        self.row = row


class _Beaten(Exception):
    """Another request with this key committed its answer first; what we did is rolled back."""


async def once(request: Request, rt: Runtime, handler: Handler, *, required: bool = True) -> Response:
    """Run `handler` in one write transaction at most once per key; a refusal it raises is stored and replayed too.

    The key is looked up with the handler's first statement: until then the handler must only read and reckon.

    Raises `KeyRequired`, `KeyInFlight`, `KeyReused`, and what is worth repeating: 401, 429 and operational errors.
    """
    key = await _read_key(request, rt.clock.now(), required=required)
    if key is None:
        async with rt.db.write() as tx:
            result = await handler(tx)
        return _response(result.status, orjson.dumps(result.body), result.headers)
    try:
        return await _attempt(request, rt, key, handler)
    except (DeadlockDetected, SerializationFailure):
        return await _attempt(request, rt, key, handler)


async def _attempt(request: Request, rt: Runtime, key: _Key, handler: Handler) -> Response:
    try:
        async with rt.db.write() as tx:
            _ask_for_key(tx, key)
            try:
                result = await handler(tx)
                body = orjson.dumps(result.body)
                if not await _store(tx, key, result.status, body, result.headers):
                    raise _Beaten
            except HospesError as refusal:
                if not _is_answer(refusal):
                    raise
                await tx.settle()
                response = answer(request, problem_of(refusal))
                if not await _store_if_clean(tx, key, refusal.status, bytes(response.body)):
                    raise
                return response
    except _Answered as found:
        return _replay(found.row, key)
    except _Beaten:
        return await _replay_stored(rt, key)
    except HospesError as refusal:
        if not _is_answer(refusal):
            raise
        return await _store_refusal(request, rt, key, refusal)
    return _response(result.status, body, result.headers)


def _is_answer(refusal: HospesError) -> bool:
    """Whether a repeat is told the same; what is worth repeating is not kept."""
    passing = refusal.status >= 500 or refusal.status in (401, 429)
    return not passing and not isinstance(refusal, KeyInFlight | KeyReused)


async def _read_key(request: Request, now: datetime, *, required: bool) -> _Key | None:
    value = request.headers.get("Idempotency-Key", "")
    if not value:
        if required:
            raise KeyRequired("Send an Idempotency-Key header, such as a fresh UUID, so that a repeat is safe.")
        return None
    if len(value) > 255 or not value.isprintable():
        raise Invalid(
            "The Idempotency-Key must have 1 to 255 printable characters.", fields={"Idempotency-Key": "Too long."}
        )
    caller = find_caller(request)
    who = str(caller.user_id) if caller else f"ip:{client_address(request)}"
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body()).digest()
    return _Key(who, value, digest, now)


def _ask_for_key(tx: WriteTx, key: _Key) -> None:
    """Lock the key until this transaction ends, with its first statement, before the handler can write anything.

    That statement raises `_Answered` when there is an answer already, `KeyInFlight` when another request has the lock.
    """

    def check(row: Row | None) -> None:
        assert row is not None
        if row["status"] is not None:
            raise _Answered(row)
        if not row["mine"]:
            raise KeyInFlight("The first request with this key is still at work. Please wait a moment and repeat it.")

    tx.ask(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7)) AS mine, i.request_hash, i.status, i.body, i.headers"
        " FROM (SELECT 1) AS one LEFT JOIN platform.idempotency AS i"
        " ON i.caller = %s AND i.key = %s AND i.expires_at > %s",
        (f"{key.caller}\n{key.key}", key.caller, key.key, key.now),
        check=check,
    )


async def _store(tx: WriteTx, key: _Key, status: int, body: bytes, headers: dict[str, str]) -> bool:
    """Whether the answer was stored; a key that expired is taken over, a live one stays as it is."""
    return bool(await tx.run_together(_INSERT + _TAKE_OVER, _values(key, status, body, headers)))


async def _store_if_clean(tx: WriteTx, key: _Key, status: int, body: bytes) -> bool:
    """Store a refusal in the transaction that was refused, when that has written nothing; whether it was stored."""
    tx.forget_waiting()
    if tx.conn.info.transaction_status is not TransactionStatus.INTRANS:
        return False
    clean = " WHERE pg_current_xact_id_if_assigned() IS NULL"
    return bool(await tx.run(_INSERT + clean + _TAKE_OVER, _values(key, status, body, {})))


def _values(key: _Key, status: int, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "caller": key.caller,
        "key": key.key,
        "hash": key.request_hash,
        "status": status,
        "body": body,
        "headers": Jsonb(headers),
        "now": key.now,
    }


async def _store_refusal(request: Request, rt: Runtime, key: _Key, refusal: HospesError) -> Response:
    response = answer(request, problem_of(refusal))
    async with rt.db.write() as tx:
        stored = await _store(tx, key, refusal.status, bytes(response.body), {})
    return response if stored else await _replay_stored(rt, key)


async def _replay_stored(rt: Runtime, key: _Key) -> Response:
    async with rt.db.write() as tx:  # not read(): a replica may not have it yet
        stored = await tx.find(
            "SELECT request_hash, status, body, headers FROM platform.idempotency WHERE caller = %s AND key = %s",
            (key.caller, key.key),
        )
    if stored is None:
        raise KeyInFlight("The first request with this key is still at work. Please wait a moment and repeat it.")
    return _replay(stored, key)


def _replay(stored: Row, key: _Key) -> Response:
    if bytes(stored["request_hash"]) != key.request_hash:
        raise KeyReused("This Idempotency-Key was used for another request. Use a fresh key for a fresh request.")
    headers = {**stored["headers"], "Idempotency-Replayed": "true"}
    return _response(stored["status"], bytes(stored["body"]), headers)


def _response(status: int, body: bytes, headers: dict[str, str]) -> Response:
    return Response(body, status, headers, media_type=MEDIA_TYPE if status >= 400 else "application/json")
