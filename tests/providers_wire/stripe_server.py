"""Stripe's API as far as we use it, from docs.stripe.com/api: real idempotency, manual capture, Connect, disputes."""

import asyncio
import re
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qsl

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hospes.modules.payments.providers.signature import sign
from tests.providers_wire.stripe_books import Object, Problem, StripeBooks, fee_of
from tests.providers_wire.wire import Faults

KEY = "sk_test_made_up_for_tests"
SECRET = "whsec_made_up_for_tests"


class StripeServer(StripeBooks):
    """One account. Attributes are switches and the books themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.faults = Faults()
        self.replays: dict[str, tuple[str, int, bytes]] = {}
        self.under_way: set[str] = set()
        self.slow = 0.0
        self.versions: set[str] = set()
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
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            form, params = await _upload(request)
        else:
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
        if name == "disputes" and len(rest) == 1:
            return self._update_dispute(self._get(rest[0]), params)
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
        charge["balance_transaction"] = self._book("charge", amount, charge, fee=fee_of(amount))["id"]
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

    def _create_file(self, params: Object) -> Object:
        if params["purpose"] != "dispute_evidence" or not params["file"]:
            raise Problem(400, code="parameter_invalid")
        return self._new("file", "file", purpose=params["purpose"], filename=params["name"], size=len(params["file"]))

    def _update_dispute(self, dispute: Object, params: Object) -> Object:
        if dispute["status"] != "needs_response":
            raise Problem(400, code="dispute_already_submitted", message="This dispute has been submitted already.")
        dispute["evidence"] = params["evidence"]
        dispute["metadata"] = params.get("metadata", {})
        if params.get("submit") == "true":
            dispute["status"] = "under_review"
        return dispute

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
    "files": "file",
}


async def _upload(request: Request) -> tuple[str, Object]:
    """A document with its parameters, and what makes it the same one again."""
    async with request.form() as posted:
        file = posted["file"]
        assert not isinstance(file, str)
        content = await file.read()
        return sha256(content).hexdigest(), {"purpose": posted["purpose"], "file": content, "name": file.filename}


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
