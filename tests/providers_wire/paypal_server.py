"""PayPal's API as far as we use it, from developer.paypal.com and its OpenAPI documents."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.providers_wire.wire import Faults

CLIENT, SECRET, WEBHOOK = "client_made_up", "secret_made_up", "WH-MADE-UP"
Object = dict[str, Any]
# Saved methods that behave in a known way; what a payer does at PayPal's pages is up to `approve`.
BEHAVIOURS = {"vault_ok": "ok", "vault_declined": "INSTRUMENT_DECLINED", "vault_ask": "ask", "vault_pending": "pending"}
_SIGNER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Problem(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, issue: str, **more: Any) -> None:
        super().__init__(issue)
        self.status = status
        self.body = {"name": "UNPROCESSABLE_ENTITY", "debug_id": "d", "details": [{"issue": issue, **more}]}


class PayPalServer:
    """One account and its books."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.most_renewals = 99
        self.orders: dict[str, Object] = {}
        self.refunds: dict[str, Object] = {}
        self.payouts: dict[str, Object] = {}
        self.setups: dict[str, Object] = {}
        self.disputes: dict[str, Object] = {}
        self.lines: list[Object] = []
        self.replays: dict[str, tuple[int, bytes]] = {}
        self.tokens: set[str] = set()
        self.sign_ins = 0
        self.deleted: set[str] = set()
        self.declines_next = ""
        self._count = 0
        routes = [Route("/{path:path}", self._serve, methods=["GET", "POST", "DELETE"])]
        self.app = Starlette(routes=routes)

    # What happens elsewhere: at PayPal's pages, in time.

    def approve(self, order_id: str) -> None:
        """The payer approves."""
        if order_id in self.setups:
            self.setups[order_id]["status"] = "APPROVED"
        else:
            self.orders[order_id]["status"] = "APPROVED"

    def lapse(self, order_id: str) -> None:
        """An authorisation ends unused."""
        held = self.orders[order_id]["purchase_units"][0]["payments"]["authorizations"][0]
        held["status"] = "EXPIRED"

    def pay_out(self, batch_id: str, status: str = "SUCCESS") -> None:
        """A payout was worked on."""
        batch = self.payouts[batch_id]
        batch["batch_header"]["batch_status"] = "SUCCESS"
        batch["items"][0]["transaction_status"] = status

    def forget_tokens(self) -> None:
        """Every access token ends at once."""
        self.tokens.clear()

    def dispute(self, order_id: str) -> Object:
        """The payer complains."""
        unit = self.orders[order_id]["purchase_units"][0]
        capture = unit["payments"]["captures"][0]
        made = {
            "dispute_id": f"PP-D-{len(self.disputes)}",
            "status": "WAITING_FOR_SELLER_RESPONSE",
            "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
            "dispute_amount": capture["amount"],
            "seller_response_due_date": "2026-12-01T00:00:00Z",
            "links": [{"rel": "provide-evidence", "href": "https://api-m.paypal.com/v1/customer/disputes/x"}],
            "disputed_transactions": [{"seller_transaction_id": capture["id"], "invoice_number": unit["invoice_id"]}],
        }
        self.disputes[made["dispute_id"]] = made
        return made

    def event(self, kind: str, resource: Object, *, at: datetime) -> tuple[dict[str, str], bytes]:
        """Headers and body of a webhook, signed as documented."""
        event = {"id": self._id("WH-"), "event_type": kind, "resource": resource}
        raw = orjson.dumps(event, option=orjson.OPT_INDENT_2)  # PayPal's spacing is not ours
        sent, name = at.strftime("%Y-%m-%dT%H:%M:%SZ"), self._id("T-")
        signed = _SIGNER.sign(_message(name, sent, WEBHOOK, raw), padding.PKCS1v15(), hashes.SHA256())
        headers = {
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-cert-url": "https://api.paypal.com/v1/notifications/certs/CERT-1",
            "paypal-transmission-id": name,
            "paypal-transmission-sig": base64.b64encode(signed).decode(),
            "paypal-transmission-time": sent,
        }
        return headers, raw

    # The API.

    async def _serve(self, request: Request) -> Response:
        if request.url.path == "/v1/oauth2/token":
            return self._sign_in(request)
        return await self.faults.around(request, lambda: self._answer(request))

    def _sign_in(self, request: Request) -> Response:
        login = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {login}":
            return JSONResponse({"error": "invalid_client"}, 401)
        self.sign_ins += 1
        self.tokens.add(f"token{self.sign_ins}")
        return JSONResponse({"access_token": f"token{self.sign_ins}", "token_type": "Bearer", "expires_in": 32400})

    async def _answer(self, request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return JSONResponse({"error": "invalid_token"}, 401)
        raw, key = await request.body(), request.headers.get("paypal-request-id", "")
        if key and key in self.replays:
            status, body = self.replays[key]
            fresh = self.orders.get(orjson.loads(body).get("id", ""))  # a repeated order tells how it stands now
            return Response(orjson.dumps(fresh) if fresh else body, 200 if status == 201 else status)
        path = request.url.path.strip("/").split("/")
        if path[-1] == "verify-webhook-signature":
            return JSONResponse({"verification_status": "SUCCESS" if _verified(raw) else "FAILURE"})
        given = await self._given(request, raw)
        try:
            status, found = self._route(request.method, path, given)
        except Problem as problem:
            return JSONResponse(problem.body, problem.status)
        body = orjson.dumps(found) if found is not None else b""
        if key and status < 300:
            self.replays[key] = (status, body)
        return Response(body, status, media_type="application/json")

    async def _given(self, request: Request, raw: bytes) -> Object:
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            found: Object = orjson.loads(raw) if raw else dict(request.query_params)
            return found
        async with request.form() as posted:
            said = posted["input"]
            assert not isinstance(said, str)
            names = [file.filename for name, file in posted.items() if name != "input" and not isinstance(file, str)]
            return {**orjson.loads(await said.read()), "files": names}

    def _evidence(self, dispute: Object, step: str, given: Object) -> Object:
        if step not in [link["rel"] for link in dispute["links"]]:
            raise Problem(422, "ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE")
        notes = given.get("notes") or given["evidences"][0]["notes"]
        made = {"evidence_type": "OTHER", "source": "SUBMITTED_BY_SELLER", "notes": notes, "files": given["files"]}
        dispute["evidences"] = [*dispute.get("evidences", []), made]
        dispute["status"], dispute["links"] = "UNDER_REVIEW", []
        return {"links": [{"rel": "self", "href": "https://api-m.paypal.com/v1/customer/disputes/x"}]}

    def _route(self, method: str, path: list[str], given: Object) -> tuple[int, Object | None]:
        match (method, path[1:]):
            case "POST", ["checkout", "orders"]:
                return 201, self._order(given)
            case "GET", ["checkout", "orders", name]:
                return 200, self._get(self.orders, name)
            case "POST", ["checkout", "orders", name, step]:
                return 201, self._finish(self._get(self.orders, name), step)
            case "POST", ["payments", "authorizations", name, "capture"]:
                return 201, self._capture(name, given)
            case "POST", ["payments", "authorizations", name, "reauthorize"]:
                return 201, self._reauthorize(name, given)
            case "GET", ["payments", "authorizations", name]:
                return 200, self._held(name)[1]
            case "POST", ["payments", "authorizations", name, "void"]:
                return 200, self._void(name)
            case "POST", ["payments", "captures", name, "refund"]:
                return 201, self._refund(name, given)
            case "GET", ["payments", "refunds", name]:
                return 200, self._get(self.refunds, name)
            case "POST", ["payments", "payouts"]:
                return 201, self._payout(given)
            case "GET", ["payments", "payouts", name]:
                return 200, self._get(self.payouts, name)
            case _:
                return self._others(method, path[1:], given)

    def _others(self, method: str, path: list[str], given: Object) -> tuple[int, Object | None]:
        match (method, path):
            case "POST", ["vault", "setup-tokens"]:
                name = self._id("setup")
                links = [{"rel": "approve", "href": f"https://www.paypal.com/agreements/approve?token={name}"}]
                self.setups[name] = {"id": name, "status": "PAYER_ACTION_REQUIRED", "links": links}
                return 201, self.setups[name]
            case "GET", ["vault", "setup-tokens", name]:
                return 200, self._get(self.setups, name)
            case "POST", ["vault", "payment-tokens"]:
                return 201, {"id": "vault_ok", "customer": {"id": "CUST1"}, "payment_source": {"paypal": {}}}
            case "DELETE", ["vault", "payment-tokens", name]:
                self.deleted.add(name)
                return 204, None
            case "GET", ["customer", "disputes"]:
                return 200, self._disputes(int(given.get("next_page_token", 0)))
            case "GET", ["customer", "disputes", name]:
                return 200, self._get(self.disputes, name)
            case "POST", ["customer", "disputes", name, step]:
                return 200, self._evidence(self._get(self.disputes, name), step, given)
            case "GET", ["reporting", "transactions"]:
                return 200, self._reported(given)
        raise Problem(404, "RESOURCE_NOT_FOUND")

    def _order(self, given: Object) -> Object:
        unit = given["purchase_units"][0]
        _check_amount(unit["amount"])
        if any(o["purchase_units"][0]["invoice_id"] == unit["invoice_id"] and _taken(o) for o in self.orders.values()):
            raise Problem(422, "DUPLICATE_INVOICE_ID")
        source = given["payment_source"]["paypal"]
        name = self._id("ORDER")
        order = {
            "id": name,
            "intent": given["intent"],
            "status": "PAYER_ACTION_REQUIRED",
            "purchase_units": [
                {**unit, "payments": {"authorizations": [], "captures": [], "refunds": []}, "renewed": []}
            ],
            "payment_source": {"paypal": {}},
            "links": [{"rel": "payer-action", "href": f"https://www.paypal.com/checkoutnow?token={name}"}],
        }
        if "vault_id" in source:
            word = BEHAVIOURS.get(source["vault_id"], "TOKEN_ID_NOT_FOUND")
            if source["vault_id"] in self.deleted or word.isupper():
                raise Problem(422, "TOKEN_ID_NOT_FOUND" if source["vault_id"] in self.deleted else word)
            self.orders[name] = order
            if word != "ask":
                self._move(order, "COMPLETED" if word == "ok" else "PENDING")
            return order
        self.orders[name] = order
        if "attributes" in source:
            vault = {"id": "vault_ok", "status": "VAULTED", "customer": {"id": "CUST1"}}
            order["payment_source"] = {"paypal": {"attributes": {"vault": vault}}}
        return order

    def _finish(self, order: Object, step: str) -> Object:
        if order["status"] == "COMPLETED":
            raise Problem(422, "ORDER_ALREADY_CAPTURED" if step == "capture" else "ORDER_ALREADY_AUTHORIZED")
        if order["status"] != "APPROVED":
            raise Problem(422, "ORDER_NOT_APPROVED")
        if self.declines_next:
            issue, self.declines_next = self.declines_next, ""
            raise Problem(422, issue)
        self._move(order, "COMPLETED")
        return order

    def _move(self, order: Object, status: str) -> None:
        unit = order["purchase_units"][0]
        if order["intent"] == "CAPTURE":
            self._book_capture(unit, unit["amount"], unit["invoice_id"], status)
        else:
            unit["payments"]["authorizations"].append(self._authorisation(unit["amount"], self.now()))
        order["status"] = "COMPLETED"

    def _authorisation(self, amount: Object, since: datetime) -> Object:
        return {
            "id": self._id("AUTH"),
            "status": "CREATED",
            "amount": amount,
            "create_time": self.now().isoformat(),
            "expiration_time": (since + timedelta(days=29)).isoformat(),
        }

    def _reauthorize(self, name: str, given: Object) -> Object:
        """From the fourth to the 29th day; the new one has three days of its own, and ends with the first."""
        unit, held = self._held(name)
        first = unit["payments"]["authorizations"][0]
        if held["status"] != "CREATED":
            raise Problem(422, f"AUTHORIZATION_{held['status']}")
        age = self.now() - datetime.fromisoformat(held["create_time"])
        if age < timedelta(days=3):
            raise Problem(422, "REAUTHORIZATION_TOO_SOON")
        if self.now() - datetime.fromisoformat(first["create_time"]) > timedelta(days=29):
            raise Problem(422, "AUTHORIZATION_EXPIRED")
        if len(unit["renewed"]) >= self.most_renewals:
            raise Problem(422, "MAX_NUMBER_OF_REAUTHORIZATION_EXCEEDED")
        if self.declines_next:
            issue, self.declines_next = self.declines_next, ""
            raise Problem(422, issue)
        made = self._authorisation(given["amount"], datetime.fromisoformat(first["create_time"]))
        unit["renewed"].append(made)
        return made

    def _book_capture(self, unit: Object, amount: Object, invoice: str, status: str) -> Object:
        fee = (Decimal(amount["value"]) * Decimal("0.0349") + Decimal("0.35")).quantize(Decimal("0.01"))
        capture = {
            "id": self._id("CAP"),
            "status": status,
            "amount": amount,
            "invoice_id": invoice,
            "custom_id": unit["custom_id"],
            "seller_receivable_breakdown": {"paypal_fee": {**amount, "value": str(fee)}},
        }
        unit["payments"]["captures"].append(capture)
        if status == "COMPLETED":
            self._line("T0006", capture["id"], amount["value"], amount, unit["custom_id"], fee=f"-{fee}")
        return capture

    def _capture(self, name: str, given: Object) -> Object:
        unit, held = self._held(name)
        if held["status"] in ("EXPIRED", "VOIDED"):
            raise Problem(422, f"AUTHORIZATION_{held['status']}")
        if held["status"] == "CAPTURED":
            raise Problem(422, "AUTHORIZATION_ALREADY_CAPTURED")
        if Decimal(given["amount"]["value"]) > Decimal(held["amount"]["value"]):
            raise Problem(422, "MAX_CAPTURE_AMOUNT_EXCEEDED")
        for each in (*unit["payments"]["authorizations"], *unit["renewed"]):
            each["status"] = "CAPTURED"
        return self._book_capture(unit, given["amount"], given["invoice_id"], "COMPLETED")

    def _void(self, name: str) -> Object:
        unit, held = self._held(name)
        if held in unit["renewed"]:
            raise Problem(422, "CANNOT_BE_VOIDED")
        if held["status"] != "CREATED":
            raise Problem(422, "PREVIOUSLY_VOIDED" if held["status"] == "VOIDED" else "PREVIOUSLY_CAPTURED")
        for each in (held, *unit["renewed"]):
            each["status"] = "VOIDED"
        return held

    def _held(self, name: str) -> tuple[Object, Object]:
        for order in self.orders.values():
            unit = order["purchase_units"][0]
            for held in (*unit["payments"]["authorizations"], *unit["renewed"]):
                if held["id"] == name:
                    return unit, held
        raise Problem(404, "INVALID_RESOURCE_ID")

    def _refund(self, name: str, given: Object) -> Object:
        for order in self.orders.values():
            payments = order["purchase_units"][0]["payments"]
            for capture in payments["captures"]:
                if capture["id"] == name:
                    return self._book_refund(payments, capture, given)
        raise Problem(404, "INVALID_RESOURCE_ID")

    def _book_refund(self, payments: Object, capture: Object, given: Object) -> Object:
        before = sum(Decimal(each["amount"]["value"]) for each in payments["refunds"])
        if before + Decimal(given["amount"]["value"]) > Decimal(capture["amount"]["value"]):
            raise Problem(422, "REFUND_AMOUNT_EXCEEDED")
        refund = {"id": self._id("REF"), "status": "COMPLETED", **given}
        payments["refunds"].append(refund)
        self.refunds[refund["id"]] = refund
        amount = given["amount"]
        self._line("T1107", refund["id"], f"-{amount['value']}", amount, given["custom_id"])
        return refund

    def _payout(self, given: Object) -> Object:
        item, key = given["items"][0], given["sender_batch_header"]["sender_batch_id"]
        for name, batch in self.payouts.items():
            if batch["batch_header"]["sender_batch_header"]["sender_batch_id"] == key:
                link = [{"rel": "self", "href": f"https://api-m.paypal.com/v1/payments/payouts/{name}"}]
                raise Problem(400, "Batch with given sender_batch_id already exists", link=link)
        name = self._id("BATCH")
        amount = {"currency_code": item["amount"]["currency"], "value": item["amount"]["value"]}
        self.payouts[name] = {
            "batch_header": {
                "payout_batch_id": name,
                "batch_status": "PENDING",
                "sender_batch_header": given["sender_batch_header"],
            },
            "items": [{"transaction_status": "PENDING", "payout_item": {**item, "amount": item["amount"]}}],
        }
        self._line("T0001", name, f"-{amount['value']}", amount, key)
        return {"batch_header": self.payouts[name]["batch_header"]}

    def _line(self, code: str, name: str, value: str, amount: Object, key: str, *, fee: str = "0.00") -> None:
        info = {
            "transaction_id": name,
            "transaction_event_code": code,
            "transaction_initiation_date": datetime.now(UTC).isoformat(),
            "transaction_status": "S",
            "transaction_amount": {"currency_code": amount["currency_code"], "value": value},
            "fee_amount": {"currency_code": amount["currency_code"], "value": fee},
            "custom_field": key,
        }
        self.lines.append({"transaction_info": info})

    def _reported(self, given: Object) -> Object:
        start, end = given["start_date"], given["end_date"]
        if datetime.fromisoformat(end) - datetime.fromisoformat(start) > timedelta(days=31):
            raise Problem(400, "INVALID_REQUEST")
        page, per = int(given["page"]), 2  # small pages, so that every list has several
        rows = self.lines[(page - 1) * per : page * per]
        return {"transaction_details": rows, "page": page, "total_pages": max(1, -(-len(self.lines) // per))}

    def _disputes(self, start: int) -> Object:
        names = list(self.disputes)[start : start + 2]  # small pages, so that every list has several
        address = f"https://api-m.paypal.com/v1/customer/disputes?page_size=50&next_page_token={start + 2}"
        links = [{"rel": "next", "href": address}] if start + 2 < len(self.disputes) else []
        return {"items": [{"dispute_id": name} for name in names], "links": links}

    def _get(self, things: dict[str, Object], name: str) -> Object:
        if name not in things:
            raise Problem(404, "INVALID_RESOURCE_ID")
        return things[name]

    def _id(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count:012d}"


def _verified(raw: bytes) -> bool:
    """As PayPal does it: over the event's bytes as they were sent along."""
    given = orjson.loads(raw)
    event = raw.partition(b'"webhook_event":')[2][:-1]
    message = _message(given["transmission_id"], given["transmission_time"], given["webhook_id"], event)
    try:
        signature = base64.b64decode(given["transmission_sig"], validate=True)
        _SIGNER.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return bool(given["webhook_id"] == WEBHOOK)


def _message(name: str, sent: str, webhook: str, raw: bytes) -> bytes:
    return f"{name}|{sent}|{webhook}|{crc32(raw)}".encode()


def _check_amount(amount: Object) -> None:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{2})?", amount["value"]):
        raise Problem(422, "DECIMAL_PRECISION")
    if Decimal(amount["value"]) <= 0:
        raise Problem(422, "CANNOT_BE_ZERO_OR_NEGATIVE")


def _taken(order: Object) -> bool:
    return bool(order["purchase_units"][0]["payments"]["captures"])
