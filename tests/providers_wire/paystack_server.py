"""Paystack's API as far as we use it, from paystack.com/docs/api and its OpenAPI document."""

from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hospes.modules.payments.providers.paystack.messages import sign
from tests.providers_wire.wire import Faults

KEY = "sk_test_made_up_for_tests"
Object = dict[str, Any]
# Saved cards that behave in a known way; what a payer types at Paystack's page is up to `pay`.
BEHAVIOURS = {
    "AUTH_ok": "success",
    "AUTH_poor": "Insufficient Funds",
    "AUTH_expired": "Expired card",
    "AUTH_slow": "pending",
    "AUTH_ask": "ask",
}


class Problem(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class PaystackServer:
    """One account and its books."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.transactions: dict[str, Object] = {}
        self.refunds: list[Object] = []
        self.transfers: dict[str, Object] = {}
        self.recipients: dict[str, Object] = {}
        self.disputes: list[Object] = []
        self.uploads: dict[str, bytes] = {}
        self.deactivated: set[str] = set()
        self.refunds_take_days = False
        self.app = Starlette(routes=[Route("/{path:path}", self._serve, methods=["GET", "POST", "PUT"])])

    # What happens elsewhere: at Paystack's page, at banks, in time.

    def pay(self, reference: str, *, succeed: bool = True, amount: int | None = None, currency: str = "") -> None:
        """The payer finishes at Paystack's page."""
        transaction = self.transactions[reference]
        transaction["amount"] = transaction["amount"] if amount is None else amount
        transaction["currency"] = currency or transaction["currency"]
        self._settle(transaction, "success" if succeed else "Declined")

    def settle(self, reference: str) -> None:
        """What was pending has arrived."""
        self._settle(self.transactions[reference], "success")

    def dispute(self, reference: str) -> Object:
        """The payer's bank takes it back."""
        transaction = self.transactions[reference]
        made = {
            "id": 2_000 + len(self.disputes),
            "refund_amount": transaction["amount"],
            "currency": transaction["currency"],
            "status": "awaiting-merchant-feedback",
            "resolution": None,
            "transaction": transaction,
            "category": "chargeback",
            "dueAt": "2026-12-01T18:00:00.000Z",
            "createdAt": _now(),
        }
        self.disputes.append(made)
        return made

    def event(self, kind: str, data: Object, *, secret: str = KEY) -> tuple[dict[str, str], bytes]:
        """Headers and body of a webhook, signed as documented."""
        raw = orjson.dumps({"event": kind, "data": data})
        return {"x-paystack-signature": sign(secret, raw)}, raw

    # The API.

    async def _serve(self, request: Request) -> Response:
        return await self.faults.around(request, lambda: self._answer(request))

    async def _answer(self, request: Request) -> Response:
        if request.url.path.startswith("/signed/"):
            assert "authorization" not in request.headers
            self.uploads[request.url.path.rpartition("/")[2]] = await request.body()
            return Response(status_code=200)
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return JSONResponse({"status": False, "message": "Invalid key"}, 401)
        given = await request.json() if request.method in ("POST", "PUT") else dict(request.query_params)
        given = {**given, "here": str(request.base_url)} if request.method == "GET" else given
        try:
            found = self._route(request.method, request.url.path.strip("/").split("/"), given)
        except Problem as problem:
            said = {"status": False, "message": str(problem), "type": "validation_error", "code": problem.code}
            return JSONResponse(said, problem.status)
        return JSONResponse({"status": True, "message": "Done", **found})

    def _route(self, method: str, path: list[str], given: Object) -> Object:
        match (method, path):
            case "POST", ["transaction", "initialize"]:
                return {"data": self._initialize(given)}
            case "POST", ["transaction", "charge_authorization"]:
                return {"data": self._charge(given)}
            case "GET", ["transaction", "verify", reference]:
                return {"data": self._found(self.transactions, reference, "Transaction reference not found.")}
            case _, ["dispute", name, *rest]:
                return {"data": self._disputed(method, int(name), rest, given)}
            case "POST", ["refund"]:
                return {"data": self._refund(given)}
            case "POST", ["transferrecipient"]:
                return {"data": self._recipient(given)}
            case "GET", ["transferrecipient", code]:
                return {"data": self._found(self.recipients, code, "Recipient not found")}
            case "POST", ["transfer"]:
                return {"data": self._transfer(given)}
            case "GET", ["transfer", "verify", reference]:
                return {"data": self._found(self.transfers, reference, "Transfer not found")}
            case "POST", ["customer", "deactivate_authorization"]:
                self.deactivated.add(given["authorization_code"])
                return {}
            case "GET", [name]:
                return self._page(name, given)
        raise Problem(404, "Route not found")

    def _disputed(self, method: str, number: int, rest: list[str], given: Object) -> Object:
        dispute = next((each for each in self.disputes if each["id"] == number), None)
        if dispute is None:
            raise Problem(404, "Dispute not found")
        match (method, rest):
            case "GET", []:
                return dispute
            case "POST", ["evidence"]:
                dispute["evidence"] = given
                return {**given, "id": 21, "dispute": number}
            case "GET", ["upload_url"]:
                name = f"qesp_{given['upload_filename']}"
                return {"signedUrl": f"{given['here']}signed/{name}", "fileName": name}
            case "PUT", ["resolve"]:
                if given["uploaded_filename"] not in self.uploads or dispute["status"] != "awaiting-merchant-feedback":
                    raise Problem(400, "Dispute cannot be resolved", "invalid_params")
                dispute.update(resolved_with=given, status="awaiting-bank-feedback")
                return dispute
        raise Problem(404, "Route not found")

    def _initialize(self, given: Object) -> Object:
        made = self._transaction(given, "abandoned")
        code = f"code{made['id']}"
        return {
            "authorization_url": f"https://checkout.paystack.com/{code}",
            "access_code": code,
            "reference": made["reference"],
        }

    def _charge(self, given: Object) -> Object:
        token = given["authorization_code"]
        if token not in BEHAVIOURS or token in self.deactivated:
            raise Problem(400, "Invalid authorization code", "invalid_params")
        made = self._transaction(given, "pending")
        word = BEHAVIOURS[token]
        if word == "ask":
            url = f"https://checkout.paystack.com/ask{made['id']}"
            return {"paused": True, "authorization_url": url, "reference": made["reference"]}
        if word != "pending":
            self._settle(made, word)
        return made

    def _transaction(self, given: Object, status: str) -> Object:
        if given["reference"] in self.transactions:
            raise Problem(400, "Duplicate Transaction Reference", "duplicate_reference")
        if not isinstance(given["amount"], int) or given["amount"] <= 0:
            raise Problem(400, "Invalid Amount Sent", "invalid_amount")
        if given["currency"] not in ("NGN", "GHS", "ZAR", "KES", "USD", "XOF"):
            raise Problem(403, "Currency not supported by merchant", "unsupported_currency")
        made = {
            "id": 1_000 + len(self.transactions),
            "status": status,
            "reference": given["reference"],
            "amount": given["amount"],
            "requested_amount": given["amount"],
            "currency": given["currency"],
            "gateway_response": "The transaction was not completed",
            "channel": "card",
            "fees": None,
            "paid_at": None,
            "createdAt": _now(),
            "customer": {"email": given["email"], "customer_code": "CUS_1"},
            "authorization": {},
        }
        self.transactions[made["reference"]] = made
        return made

    def _settle(self, made: Object, word: str) -> None:
        made["gateway_response"] = "Successful" if word == "success" else word
        made["status"] = "success" if word == "success" else "failed"
        if word == "success":
            made["paid_at"] = _now()
            made["fees"] = made["amount"] * 15 // 1000
            made["authorization"] = {
                "authorization_code": "AUTH_ok",
                "last4": "4081",
                "brand": "visa ",
                "channel": "card",
                "reusable": True,
            }

    def _refund(self, given: Object) -> Object:
        transaction = self.transactions.get(given["transaction"])
        if transaction is None or transaction["status"] != "success":
            raise Problem(400, "Transaction not found", "transaction_not_found")
        taken = sum(r["amount"] for r in self.refunds if r["transaction_reference"] == given["transaction"])
        if given["amount"] <= 0 or taken + given["amount"] > transaction["amount"]:
            raise Problem(400, "Refund amount cannot be more than the transaction amount", "invalid_amount")
        made = {
            "id": 3_000 + len(self.refunds),
            "transaction": transaction["id"],
            "transaction_reference": given["transaction"],
            "amount": given["amount"],
            "currency": transaction["currency"],
            "merchant_note": given["merchant_note"],
            "status": "pending" if self.refunds_take_days else "processed",
            "refunded_at": _now(),
            "createdAt": _now(),
        }
        self.refunds.append(made)
        return {**made, "transaction": transaction}

    def _recipient(self, given: Object) -> Object:
        if len(given["account_number"]) != 10:
            raise Problem(400, "Cannot resolve account", "invalid_account")
        code = f"RCP_{given['bank_code']}{given['account_number']}"
        made = {"recipient_code": code, "active": True, "is_deleted": False, "currency": given["currency"]}
        return self.recipients.setdefault(code, {**made, "name": given["name"], "type": given["type"]})

    def _transfer(self, given: Object) -> Object:
        if given["reference"] in self.transfers:
            raise Problem(400, "Please provide a unique reference. Reference already exists on a transfer")
        if given["recipient"] not in self.recipients:
            raise Problem(400, "Recipient specified is invalid", "invalid_params")
        if given["amount"] > sum(t["amount"] for t in self.transactions.values() if t["status"] == "success"):
            raise Problem(400, "Your balance is not enough to fulfil this request", "insufficient_balance")
        made = {
            "id": 4_000 + len(self.transfers),
            "transfer_code": f"TRF_{len(self.transfers)}",
            "reference": given["reference"],
            "amount": given["amount"],
            "currency": given["currency"],
            "reason": given["reason"],
            "status": "success",
            "transferred_at": _now(),
            "createdAt": _now(),
        }
        self.transfers[made["reference"]] = made
        return made

    def _page(self, name: str, given: Object) -> Object:
        lists: dict[str, list[Object]] = {
            "transaction": list(self.transactions.values()),
            "refund": self.refunds,
            "transfer": list(self.transfers.values()),
            "dispute": self.disputes,
        }
        if name not in lists:
            raise Problem(404, "Route not found")
        rows = lists[name]
        if name == "refund" and "transaction" in given:
            rows = [row for row in rows if row["transaction_reference"] == given["transaction"]]
        page, per = int(given.get("page", 1)), 2  # small pages, so that every list has several
        return {
            "data": rows[(page - 1) * per : page * per],
            "meta": {"total": len(rows), "page": page, "pageCount": -(-len(rows) // per)},
        }

    def _found(self, things: dict[str, Object], name: str, message: str) -> Object:
        if name not in things:
            raise Problem(400, message, "transaction_not_found" if "ransaction" in message else "transfer_not_found")
        return things[name]


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
