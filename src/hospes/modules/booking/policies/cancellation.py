"""What a guest gets back. The tiers are frozen into a booking as data, so that later policies do not touch it.

Nights come back by tier; cleaning whole until check-in; the service fee only while everything is free; percent taxes as
their nights and cleaning do; taxes per person whole until check-in, since nobody stays. After check-in nothing comes
back. A refund is never negative, never above what was paid, and waiting never makes it larger. Of appointments and
departures the price comes back by tier, and the start takes the place of check-in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hospes.modules.booking.contracts import CancellationTerms, Mode, PriceLine, Refund, RefundLine, Terms, Tier
from hospes.platform.money import Money

FULL = 10_000
KEPT = "kept"
CREDIT = "credit"
POLICIES: dict[str, tuple[Tier, ...]] = {
    "flexible": (Tier(24, FULL), Tier(0, 5_000)),
    "moderate": (Tier(5 * 24, FULL), Tier(24, 5_000)),
    "strict": (Tier(14 * 24, FULL), Tier(7 * 24, 5_000)),
    "non_refundable": (),
}


def freeze_terms(
    policy: str,
    check_in_at: datetime,
    *,
    now: datetime,
    tiers: Sequence[tuple[int, int]] = (),
    mode: Mode = Mode.NIGHTLY,
) -> CancellationTerms:
    """The terms of this policy for a stay that begins at `check_in_at`, as they would be accepted now.

    `custom` takes `tiers`: hours before check-in and basis points given back, from the earliest to the latest.
    """
    steps = tuple(Tier(*each) for each in tiers) if policy == "custom" else POLICIES[policy]
    return _freeze(CancellationTerms(policy, steps, check_in_at, ()), now, _SAID[mode])


def carry_over(accepted: CancellationTerms, check_in_at: datetime, *, mode: Mode, now: datetime) -> CancellationTerms:
    """The terms that were accepted, for a booking moved to another check-in: never cheaper to cancel than before."""
    first = min(accepted.counts_from or accepted.check_in_at, check_in_at)
    moved = replace(accepted, check_in_at=check_in_at, counts_from=None if first == check_in_at else first)
    return _freeze(moved, now, _SAID[mode])


@dataclass(frozen=True, slots=True)
class _Words:
    """What a kind of booking is called."""

    before: str
    begins: str
    share: str
    nothing: str
    started: str


_SAID = {
    Mode.NIGHTLY: _Words(
        "check-in", "check-in", "of the nights come back", "no night comes back", "The stay has begun"
    ),
    Mode.TIMED: _Words(
        "the appointment", "its start", "of the price comes back", "nothing comes back", "The appointment has begun"
    ),
    Mode.DEPARTURE: _Words(
        "the departure", "the departure", "of the price comes back", "nothing comes back", "The departure has left"
    ),
}


def _freeze(terms: CancellationTerms, now: datetime, words: _Words) -> CancellationTerms:
    start = terms.counts_from or terms.check_in_at
    free = next((start - timedelta(hours=each.hours_before) for each in terms.tiers if each.refund_bp == FULL), None)
    if free is not None and free <= now:
        free = None
    said = _sentences(terms.tiers, free, words)
    if terms.counts_from and terms.tiers:
        said = (*said, f"The times count from the day first agreed, {start.day} {start:%B %Y}.")
    return replace(terms, text=said, free_until=free)


def refund_of_guest(terms: Terms, *, paid: int, credit: int = 0, now: datetime) -> Refund:
    """What a guest who cancels now gets back; of `credit` that was spent the same share, as credit."""
    cancellation = terms.cancellation
    tier = tier_at(cancellation, now)
    started = now >= cancellation.check_in_at
    bp = tier.refund_bp if tier else 0
    if paid <= 0 and not credit:
        return Refund(terms.price.currency, 0, 0, "Nothing has been paid, so nothing is charged.")
    lines = _with_credit(terms, _lines(terms, bp, started))
    amount, back = sum(line.refund for line in lines), _credit_back(lines)
    reason = _reason(terms, tier, started) + _credit_said(terms, back)
    return Refund(terms.price.currency, paid, min(amount, paid), reason, lines, back)


def refund_of_host(terms: Terms, *, paid: int, credit: int = 0) -> Refund:
    """Whatever the terms: when the host or the platform cancels, everything comes back."""
    lines = tuple(
        RefundLine(line.code, line.label, line.amount, line.amount, "Refunded in full") for line in terms.price.lines
    )
    reason = "Cancelled by the host: everything comes back." + _credit_said(terms, credit)
    return Refund(terms.price.currency, paid, paid, reason, lines if paid or credit else (), credit)


def _with_credit(terms: Terms, lines: tuple[RefundLine, ...]) -> tuple[RefundLine, ...]:
    """The line of what was paid with credit: its share of the refund is not money."""
    rest = [line for line in lines if line.code != CREDIT]
    back, worth = sum(line.refund for line in rest), sum(line.paid for line in rest)

    def of(line: RefundLine) -> RefundLine:
        if line.code != CREDIT or worth <= 0:
            return line
        share = max(min(back, worth), 0) * -line.paid // worth
        return RefundLine(line.code, line.label, line.paid, -share, "Comes back as credit")

    return tuple(of(line) for line in lines)


def _credit_back(lines: tuple[RefundLine, ...]) -> int:
    return -sum(line.refund for line in lines if line.code == CREDIT)


def _credit_said(terms: Terms, back: int) -> str:
    return f" {Money(back, terms.price.currency).text()} comes back as credit." if back else ""


def tier_at(terms: CancellationTerms, now: datetime) -> Tier | None:
    """The tier that applies now; None when no night comes back."""
    left = (terms.counts_from or terms.check_in_at) - now
    return next(
        (tier for tier in terms.tiers if left > timedelta(0) and left >= timedelta(hours=tier.hours_before)), None
    )


def _lines(terms: Terms, bp: int, started: bool) -> tuple[RefundLine, ...]:
    """Lodging comes back by tier, counted so that its shares sum to the share of its sum."""
    lines = terms.price.lines
    whole_stay = bool(terms.cancellation.tiers) and not started
    kinds = [_kind(line) for line in lines]
    shares, so_far = [], 0
    for line, kind in zip(lines, kinds, strict=True):
        before = so_far
        so_far += line.amount if kind == "lodging" else 0
        shares.append(so_far * bp // FULL - before * bp // FULL)
    paid = sum(line.amount for line, kind in zip(lines, kinds, strict=True) if kind in ("lodging", "service_once"))
    once = sum(line.amount for line, kind in zip(lines, kinds, strict=True) if kind == "service_once")
    back = sum(shares) + (once if whole_stay else 0)

    def of(line: PriceLine, kind: str, by_tier: int) -> tuple[int, str]:
        if kind == "lodging":
            return by_tier, f"{bp / 100:g} % of the {'nights' if line.code.startswith('nights') else 'price'}"
        if kind == "service_once":
            words = "Nobody stays, nothing to clean" if line.code == "cleaning" else "Not due any more"
            return (line.amount, words) if whole_stay else (0, "Not refunded")
        if kind == CREDIT:
            return 0, "Comes back as credit"
        if kind == "kept":
            return 0, "Kept by the terms at an earlier change"
        if kind == "service":
            return (line.amount, "Refunded in full") if bp == FULL else (0, "Kept unless cancellation is free")
        if kind == "person_tax" or not paid:
            return (line.amount, "Not due without a stay") if whole_stay else (0, "Not refunded")
        return line.amount * back // paid, "As much as of nights and cleaning"

    return tuple(
        RefundLine(line.code, line.label, line.amount, *of(line, kind, share))
        for line, kind, share in zip(lines, kinds, shares, strict=True)
    )


def _kind(line: PriceLine) -> str:
    if line.code in ("cleaning", "travel") or line.code.startswith("discount:cleaning:"):
        return "service_once"
    if line.code == "service" or line.code.startswith("discount:service:"):
        return "service"
    if line.code == CREDIT:
        return CREDIT
    if line.code == KEPT:
        return "kept"
    if line.code.startswith("person_tax:"):
        return "person_tax"
    return "tax" if line.code.startswith("tax:") else "lodging"


def _reason(agreed: Terms, tier: Tier | None, started: bool) -> str:
    words, terms = _SAID[agreed.mode], agreed.cancellation
    if started:
        return f"{words.started}, so nothing comes back."
    if not terms.tiers:
        return "These terms give nothing back."
    if tier is None:
        return f"Less than {_span(terms.tiers[-1].hours_before)} before {words.before}, {words.nothing}."
    if tier.refund_bp == FULL:
        return "Cancellation is free now."
    left = _span(terms.tiers[0].hours_before)
    return f"Less than {left} before {words.before}, {tier.refund_bp / 100:g} % {words.share}."


def _sentences(tiers: tuple[Tier, ...], free: datetime | None, words: _Words) -> tuple[str, ...]:
    if not tiers:
        return ("Non-refundable: nothing comes back when you cancel.",)
    first = (
        f"Free cancellation until {_span(tiers[0].hours_before)} before {words.before}."
        if free
        else "It is too late for free cancellation."
    )
    said = [first]
    for tier in tiers[1:]:
        until = f"{_span(tier.hours_before)} before {words.before}" if tier.hours_before else words.begins
        said.append(f"Then {tier.refund_bp / 100:g} % {words.share} until {until}.")
    last = tiers[-1].hours_before
    said.append(f"After that {words.nothing}." if last else f"After {words.begins} nothing comes back.")
    return tuple(said)


def _span(hours: int) -> str:
    if hours == 0:
        return "0 hours"
    return f"{hours // 24} days" if hours >= 48 and hours % 24 == 0 else f"{hours} hours"
