"""Stripe's API as far as we use it, from docs.stripe.com/api: real idempotency, manual capture, Connect, disputes."""

import asyncio
import re
import time
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hospes.modules.payments.providers.signature import sign
from tests.providers_wire.wire import Faults

KEY = "sk_test_made_up_for_tests"
SECRET = "whsec_made_up_for_tests"
Object = dict[str, Any]
# docs.stripe.com/testing: payment methods that behave in a known way.
BEHAVIOURS = {
    "pm_card_visa": "ok",
    "pm_card_mastercard": "ok",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "decline:insufficient_funds",
    "pm_card_visa_chargeDeclinedExpiredCard": "decline:expired_card",
    "pm_card_visa_chargeDeclined": "decline:generic_decline",
    "pm_card_authenticationRequired": "ask",
    "pm_card_createDispute": "dispute",
    "pm_sepa": "processing",
    "pm_card_refund_pending": "refund_pending",
}


class Problem(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(str(error))
        self.status = status
        self.error = {"type": "invalid_request_error", "message": "Refused.", **error}


class StripeServer:
    """One account. Attributes are switches and the books themselves."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.search_lags = False
        self.objects: dict[str, Object] = {}
        self.behaviours: dict[str, str] = {}
        self.transactions: list[Object] = []
        self.replays: dict[str, tuple[str, int, bytes]] = {}
        self.under_way: set[str] = set()
        self.slow = 0.0
        self.versions: set[str] = set()
        self._count = 0
        self.base = ""
        routes = [
            Route("/v1/{path:path}", self._serve, methods=["GET", "POST"]),
            Route("/v3/", self._script),
            Route("/v3/confirm.js", self._confirmed),
        ]
        self.app = Starlette(routes=routes)

    # What happens elsewhere: in the payer's browser, at banks, in time.

    def pay_in_element(self, intent_id: str, method: str = "pm_card_visa") -> None:
        """The payer completes the Payment Element."""
        intent = self.objects[intent_id]
        if intent["object"] == "setup_intent":
            self._finish_saving(intent, self._method(method))
        else:
            self._confirm(intent, self._method(method), off_session=False)

    def authenticate(self, intent_id: str, *, approve: bool) -> None:
        """The payer answers the bank."""
        intent = self.objects[intent_id]
        if intent["status"] != "requires_action":
            return
        if approve:
            self._succeed(intent, self.objects[intent["payment_method"]])
        else:
            self._fail(intent, "payment_intent_authentication_failure", "authentication_failed")

    def settle(self, intent_id: str) -> None:
        """A bank debit that was processing has arrived."""
        self._succeed(self.objects[intent_id], self.objects[self.objects[intent_id]["payment_method"]])

    def lapse(self, intent_id: str) -> None:
        """An authorisation ends unused."""
        self.objects[intent_id].update(status="canceled", cancellation_reason="automatic", amount_capturable=0)

    def enable(self, account_id: str) -> None:
        """Its owner has finished the onboarding."""
        account = self.objects[account_id]
        account["payouts_enabled"] = account["details_submitted"] = True
        account["capabilities"] = {"transfers": "active"}
        account["requirements"] = {"currently_due": [], "past_due": [], "disabled_reason": None}

    def decide(self, dispute_id: str, status: str) -> None:
        """The bank decides a dispute."""
        dispute = self.objects[dispute_id]
        dispute["status"] = status
        if status == "won":
            self._book("adjustment", dispute["amount"], dispute, category="dispute_reversal")

    def event(self, kind: str, thing: Object, *, at: datetime, secret: str = SECRET) -> tuple[dict[str, str], bytes]:
        """Headers and body of a webhook, signed as documented."""
        payload = {
            "id": self._id("evt"),
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(at.timestamp()),
            "type": kind,
            "livemode": False,
            "data": {"object": thing},
        }
        raw = orjson.dumps(payload)
        return {"stripe-signature": sign(secret, raw, at=at)}, raw

    def of(self, kind: str) -> list[Object]:
        """Every object of a kind."""
        return [each for each in self.objects.values() if each["object"] == kind]

    # The browser's side: a Stripe.js that shows one button and pays when it is confirmed.

    async def _script(self, request: Request) -> Response:
        return Response(_STRIPE_JS % str(request.base_url), media_type="text/javascript")

    async def _confirmed(self, request: Request) -> Response:
        self.pay_in_element(request.query_params["secret"].partition("_secret")[0])
        return Response("", media_type="text/javascript")

    # The API.

    async def _serve(self, request: Request) -> Response:
        return await self.faults.around(request, lambda: self._answer(request))

    async def _answer(self, request: Request) -> Response:
        self.versions.add(request.headers.get("stripe-version", ""))
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return JSONResponse({"error": {"type": "invalid_request_error", "message": "Invalid API Key"}}, 401)
        form = (await request.body()).decode() if request.method == "POST" else request.url.query
        params = _tree(form)
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        mark = sha256(f"{request.url.path}?{form}".encode()).hexdigest()
        if key in self.under_way:
            error = {"type": "idempotency_error", "code": "idempotency_key_in_use", "message": "In use."}
            return JSONResponse({"error": error}, 409)
        if key in self.replays:
            first, status, body = self.replays[key]
            if first != mark:
                said = "Keys for idempotent requests can only be used with the same parameters."
                return JSONResponse({"error": {"type": "idempotency_error", "message": said}}, 400)
            return Response(body, status, {"idempotent-replayed": "true"}, "application/json")
        if key:
            self.under_way.add(key)
        try:
            status, body, keep = await self._run(request, params)
        finally:
            self.under_way.discard(key)
        if key and keep:
            self.replays[key] = (mark, status, body)
        return Response(body, status, media_type="application/json")

    async def _run(self, request: Request, params: Object) -> tuple[int, bytes, bool]:
        if request.method == "POST" and self.slow:
            await asyncio.sleep(self.slow)
        expand = params.pop("expand", [])
        try:
            found = self._route(request.method, request.path_params["path"].split("/"), params)
        except Problem as problem:
            return problem.status, orjson.dumps({"error": problem.error}), problem.status == 402
        return 200, orjson.dumps(self._expanded(found, expand)), True

    def _route(self, method: str, path: list[str], params: Object) -> Object:
        name, rest = path[0], path[1:]
        if method == "GET" and rest == ["search"]:
            return self._search(params)
        if len(rest) == 2 and rest[1] == "reversals" and name == "transfers":
            return self._reverse(rest[0], params) if method == "POST" else self._list("transfer_reversal", params)
        if method == "GET":
            return self._get(rest[0]) if rest else self._list(_SINGULAR[name], params)
        make = getattr(self, f"_{rest[1]}_{_SINGULAR[name]}" if len(rest) == 2 else f"_create_{_SINGULAR[name]}", None)
        if make is None:
            raise Problem(404, message=f"Unrecognized request URL ({method} /{'/'.join(path)})")
        made: Object = make(self._get(rest[0]), params) if rest else make(params)
        return made

    def _create_payment_intent(self, params: Object) -> Object:
        amount, currency = _amount(params), params["currency"]
        if params.get("customer") and params["customer"] not in self.objects:
            raise Problem(400, code="resource_missing", param="customer")
        method = self._method(params["payment_method"], params.get("customer")) if "payment_method" in params else None
        intent = self._new(
            "payment_intent",
            "pi",
            amount=amount,
            currency=currency,
            amount_received=0,
            amount_capturable=0,
            capture_method=params.get("capture_method", "automatic"),
            status="requires_payment_method",
            customer=params.get("customer"),
            metadata=params.get("metadata", {}),
            setup_future_usage=params.get("setup_future_usage"),
            latest_charge=None,
            payment_method=None,
            last_payment_error=None,
            next_action=None,
            cancellation_reason=None,
        )
        intent["client_secret"] = f"{intent['id']}_secret_x"
        if params.get("confirm") == "true" and method:
            problem = self._confirm(intent, method, off_session=params.get("off_session") == "true")
            if problem:
                raise problem
        return intent

    def _capture_payment_intent(self, intent: Object, params: Object) -> Object:
        if intent["status"] != "requires_capture":
            raise Problem(400, code="payment_intent_unexpected_state", payment_intent=intent)
        amount = int(params.get("amount_to_capture", intent["amount_capturable"]))
        if not 0 < amount <= intent["amount_capturable"]:
            raise Problem(400, code="amount_too_large")
        intent["metadata"] = {**intent["metadata"], **params.get("metadata", {})}
        charge = self.objects[intent["latest_charge"]]
        charge.update(captured=True, amount_captured=amount)
        intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
        charge["balance_transaction"] = self._book("charge", amount, charge, fee=_fee(amount))["id"]
        return intent

    def _cancel_payment_intent(self, intent: Object, params: Object) -> Object:
        if intent["status"] in ("succeeded", "canceled"):
            raise Problem(400, code="payment_intent_unexpected_state", payment_intent=intent)
        intent.update(status="canceled", cancellation_reason=params.get("cancellation_reason"), amount_capturable=0)
        return intent

    def _create_refund(self, params: Object) -> Object:
        intent = self._get(params["payment_intent"])
        if intent["status"] != "succeeded":
            raise Problem(400, code="payment_intent_unexpected_state")
        charge, amount = self.objects[intent["latest_charge"]], int(params["amount"])
        if amount <= 0 or charge["amount_refunded"] + amount > charge["amount_captured"]:
            raise Problem(
                400, code="charge_already_refunded", message="Refund amount is greater than unrefunded amount."
            )
        charge["amount_refunded"] += amount
        pending = self.behaviours.get(intent["payment_method"]) == "refund_pending"
        refund = self._new(
            "refund",
            "re",
            amount=amount,
            currency=intent["currency"],
            payment_intent=intent["id"],
            charge=charge["id"],
            metadata=params.get("metadata", {}),
            status="pending" if pending else "succeeded",
        )
        self._book("refund", -amount, refund)
        return refund

    def _create_customer(self, params: Object) -> Object:
        return self._new("customer", "cus", email=params.get("email"))

    def _create_setup_intent(self, params: Object) -> Object:
        intent = self._new(
            "setup_intent",
            "seti",
            status="requires_payment_method",
            customer=params.get("customer"),
            metadata=params.get("metadata", {}),
            usage=params.get("usage"),
            payment_method=None,
            last_setup_error=None,
            next_action=None,
        )
        intent["client_secret"] = f"{intent['id']}_secret_x"
        if params.get("confirm") == "true":
            method = self._method(params["payment_method"])
            word, _, code = self.behaviours[method["id"]].partition(":")
            if word == "decline":
                raise Problem(402, type="card_error", code="card_declined", decline_code=code, setup_intent=intent)
            if word == "ask":
                intent.update(status="requires_action", payment_method=method["id"], next_action=self._asking(intent))
            else:
                self._finish_saving(intent, method)
        return intent

    def _detach_payment_method(self, method: Object, params: Object) -> Object:
        if not method["customer"]:
            raise Problem(400, message="The payment method you provided is not attached to a customer.")
        method["customer"] = None
        return method

    def _create_account(self, params: Object) -> Object:
        if not re.fullmatch("[A-Z]{2}", params["country"]) or params["country"] == "XX":
            raise Problem(400, code="country_unsupported", message="Country XX is not supported.")
        due = ["business_type", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]
        return self._new(
            "account",
            "acct",
            country=params["country"],
            email=params["email"],
            metadata=params.get("metadata", {}),
            payouts_enabled=False,
            details_submitted=False,
            capabilities={"transfers": "inactive"},
            requirements={"currently_due": due, "past_due": due, "disabled_reason": "requirements.past_due"},
        )

    def _create_account_link(self, params: Object) -> Object:
        account = self._get(params["account"])
        url = f"https://connect.stripe.com/setup/e/{account['id']}/{self._id('x')}"
        return {"object": "account_link", "created": 1, "expires_at": 301, "url": url}

    def _create_transfer(self, params: Object) -> Object:
        account, amount = self._get(params["destination"]), _amount(params)
        if account["capabilities"]["transfers"] != "active":
            raise Problem(400, code="insufficient_capabilities_for_transfer")
        if amount > sum(t["net"] for t in self.transactions if t["currency"] == params["currency"]):
            raise Problem(400, code="balance_insufficient")
        transfer = self._new(
            "transfer",
            "tr",
            amount=amount,
            amount_reversed=0,
            currency=params["currency"],
            destination=account["id"],
            metadata=params.get("metadata", {}),
        )
        self._book("transfer", -amount, transfer)
        return transfer

    def _reverse(self, transfer_id: str, params: Object) -> Object:
        transfer, amount = self._get(transfer_id), int(params["amount"])
        if not 0 < amount <= transfer["amount"] - transfer["amount_reversed"]:
            raise Problem(400, code="transfer_reversal_too_large")
        transfer["amount_reversed"] += amount
        reversal = self._new(
            "transfer_reversal",
            "trr",
            amount=amount,
            currency=transfer["currency"],
            transfer=transfer_id,
            metadata=params.get("metadata", {}),
        )
        self._book("transfer_refund", amount, reversal)
        return reversal

    # Its own workings.

    def _method(self, token: str, customer: str | None = None) -> Object:
        """A well-known name makes a new method; a method without a customer is good for one payment."""
        if token in BEHAVIOURS:
            brand = "mastercard" if "mastercard" in token else "visa"
            method = self._new(
                "payment_method", "pm", type="card", customer=None, used=False, card={"brand": brand, "last4": "4242"}
            )
            self.behaviours[method["id"]] = BEHAVIOURS[token]
            return method
        method = self._get(token)
        if method["customer"] != customer or (method["used"] and not method["customer"]):
            raise Problem(400, code="payment_method_unactivated", message="This method may not be used again.")
        return method

    def _confirm(self, intent: Object, method: Object, *, off_session: bool) -> Problem | None:
        intent["payment_method"] = method["id"]
        method["used"] = True
        word, _, code = self.behaviours[method["id"]].partition(":")
        if word == "decline":
            return self._fail(intent, "card_declined", code)
        if word == "ask" and off_session:
            return self._fail(intent, "authentication_required", "authentication_required")
        if word == "ask":
            intent.update(status="requires_action", next_action=self._asking(intent))
        elif word == "processing":
            intent["status"] = "processing"
        else:
            self._succeed(intent, method)
        return None

    def _fail(self, intent: Object, code: str, decline: str) -> Problem:
        error = {"type": "card_error", "code": code, "decline_code": decline}
        intent.update(status="requires_payment_method", last_payment_error=error, next_action=None)
        return Problem(402, **error, payment_intent=dict(intent))

    def _succeed(self, intent: Object, method: Object) -> None:
        manual = intent["capture_method"] == "manual"
        amount = intent["amount"]
        if intent["setup_future_usage"] and intent["customer"]:
            method["customer"] = intent["customer"]
        charge = self._new(
            "charge",
            "ch",
            amount=amount,
            amount_captured=0 if manual else amount,
            amount_refunded=0,
            captured=not manual,
            currency=intent["currency"],
            payment_intent=intent["id"],
            metadata=intent["metadata"],
            payment_method_details={"type": "card", "card": {**method["card"], "capture_before": _in_days(7)}},
        )
        intent.update(latest_charge=charge["id"], next_action=None, payment_method=method["id"])
        if manual:
            intent.update(status="requires_capture", amount_capturable=amount)
            return
        intent.update(status="succeeded", amount_received=amount)
        charge["balance_transaction"] = self._book("charge", amount, charge, fee=_fee(amount))["id"]
        if self.behaviours[method["id"]] == "dispute":
            self._dispute(intent, charge)

    def _dispute(self, intent: Object, charge: Object) -> None:
        dispute = self._new(
            "dispute",
            "dp",
            amount=charge["amount"],
            currency=charge["currency"],
            charge=charge["id"],
            payment_intent=intent["id"],
            status="needs_response",
            reason="fraudulent",
            evidence_details={"due_by": _in_days(9), "has_evidence": False},
        )
        self._book("adjustment", -charge["amount"], dispute, fee=1_500, category="dispute")

    def _finish_saving(self, intent: Object, method: Object) -> None:
        method.update(customer=intent["customer"], used=True)
        intent.update(status="succeeded", payment_method=method["id"], next_action=None)

    def _asking(self, intent: Object) -> Object:
        return {"type": "redirect_to_url", "redirect_to_url": {"url": f"https://hooks.stripe.com/3ds/{intent['id']}"}}

    def _book(self, kind: str, amount: int, source: Object, *, fee: int = 0, category: str = "") -> Object:
        transaction = self._new(
            "balance_transaction",
            "txn",
            type=kind,
            reporting_category=category or kind,
            amount=amount,
            fee=fee,
            net=amount - fee,
            currency=source["currency"],
            source=source["id"],
        )
        self.transactions.append(transaction)
        return transaction

    def _search(self, params: Object) -> Object:
        wanted = re.fullmatch(r"metadata\['key'\]:'([0-9a-f-]+)'", params["query"])
        assert wanted
        rows = [i for i in self.of("payment_intent") if i["metadata"].get("key") == wanted[1] and not self.search_lags]
        return {"object": "search_result", "data": rows, "has_more": False, "next_page": None}

    def _list(self, kind: str, params: Object) -> Object:
        rows = list(reversed(self.of(kind)))
        for field in ("payment_intent", "destination", "transfer"):
            if field in params:
                rows = [row for row in rows if row.get(field) == params[field]]
        between = params.get("created", {})
        rows = [row for row in rows if int(between.get("gte", 0)) <= row["created"] < int(between.get("lt", 10**12))]
        if "starting_after" in params:
            names = [row["id"] for row in rows]
            rows = rows[names.index(params["starting_after"]) + 1 :]
        limit = min(int(params.get("limit", 10)), 3)  # small pages, so that every list has several
        return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit, "url": "/v1/x"}

    def _get(self, name: str) -> Object:
        if name not in self.objects:
            raise Problem(404, code="resource_missing", message=f"No such object: {name}")
        return self.objects[name]

    def _new(self, kind: str, prefix: str, **fields: Any) -> Object:
        made = {"id": self._id(prefix), "object": kind, "created": int(time.time()), "livemode": False, **fields}
        self.objects[made["id"]] = made
        return made

    def _id(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._count:024d}"

    def _expanded(self, found: Object, paths: list[str]) -> Object:
        copy: Object = orjson.loads(orjson.dumps(found))
        for path in paths:
            self._expand(copy, path.split("."))
        return copy

    def _expand(self, here: Any, path: list[str]) -> None:
        for each in here if isinstance(here, list) else [here]:
            if not isinstance(each, dict) or not path:
                continue
            inner = each.get(path[0])
            if isinstance(inner, str) and inner in self.objects:
                each[path[0]] = inner = orjson.loads(orjson.dumps(self.objects[inner]))
            self._expand(inner, path[1:])


_STRIPE_JS = """
window.Stripe = () => {
  const confirm = ({elements, confirmParams}) => new Promise((done) => {
    const script = document.createElement("script");
    script.src = "%sv3/confirm.js?secret=" + elements.secret;
    script.onload = () => { location.assign(confirmParams.return_url + "&redirect_status=succeeded"); };
    document.head.append(script);
  });
  return {
    confirmPayment: confirm,
    confirmSetup: confirm,
    elements: ({clientSecret}) => ({
      secret: clientSecret,
      create: () => ({
        on: (_event, then) => setTimeout(then, 0),
        mount: (box) => { const p = document.createElement("p"); p.textContent = "Card 4242"; box.append(p); },
      }),
    }),
  };
};
"""
_SINGULAR = {
    "payment_intents": "payment_intent",
    "refunds": "refund",
    "customers": "customer",
    "setup_intents": "setup_intent",
    "payment_methods": "payment_method",
    "accounts": "account",
    "account_links": "account_link",
    "transfers": "transfer",
    "balance_transactions": "balance_transaction",
    "disputes": "dispute",
}


def _tree(form: str) -> Object:
    """`a[b][c]=1&d[0]=2` as nested dictionaries and lists."""
    root: Object = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        steps = re.findall(r"[^\[\]]+", name)
        here = root
        for step in steps[:-1]:
            here = here.setdefault(step, {})
        here[steps[-1]] = value
    return {
        name: list(v.values()) if isinstance(v, dict) and set(v) <= set("0123456789") else v for name, v in root.items()
    }


def _amount(params: Object) -> int:
    if not re.fullmatch("-?[0-9]+", params.get("amount", "")):
        raise Problem(400, code="parameter_invalid_integer", param="amount")
    amount = int(params["amount"])
    if amount < 1:
        raise Problem(400, code="parameter_invalid_integer", param="amount")
    if amount > 99_999_999:
        raise Problem(400, code="amount_too_large", param="amount")
    return amount


def _fee(amount: int) -> int:
    return amount * 29 // 1000 + 30


def _in_days(days: int) -> int:
    return int(datetime.now(UTC).timestamp()) + days * 86_400
