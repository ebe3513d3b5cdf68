"""The books of Stripe's stand-in: objects by id, and what confirming, refunding and disputing does to them."""

import re
import time
from datetime import UTC, datetime
from typing import Any

import orjson

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


class StripeBooks:
    """One account's objects."""

    def __init__(self) -> None:
        self.search_lags = False
        self.objects: dict[str, Object] = {}
        self.behaviours: dict[str, str] = {}
        self.transactions: list[Object] = []
        self._count = 0

    def of(self, kind: str) -> list[Object]:
        """Every object of a kind."""
        return [each for each in self.objects.values() if each["object"] == kind]

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
            payment_method_details={"type": "card", "card": {**method["card"], "capture_before": in_days(7)}},
        )
        intent.update(latest_charge=charge["id"], next_action=None, payment_method=method["id"])
        if manual:
            intent.update(status="requires_capture", amount_capturable=amount)
            return
        intent.update(status="succeeded", amount_received=amount)
        charge["balance_transaction"] = self._book("charge", amount, charge, fee=fee_of(amount))["id"]
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
            evidence_details={"due_by": in_days(9), "has_evidence": False},
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


def fee_of(amount: int) -> int:
    return amount * 29 // 1000 + 30


def in_days(days: int) -> int:
    return int(datetime.now(UTC).timestamp()) + days * 86_400
