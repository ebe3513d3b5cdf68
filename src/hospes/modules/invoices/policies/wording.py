"""How documents speak."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import format_currency

from hospes.modules.booking.contracts import Booking, Mode
from hospes.modules.invoices.contracts import Address, Buyer, Document, Kind, Seller
from hospes.platform.money import exponent

TITLES = {Kind.INVOICE: "Invoice", Kind.CREDIT_NOTE: "Credit note", Kind.RECEIPT: "Receipt"}
PREFIXES = {Kind.INVOICE: "INV", Kind.CREDIT_NOTE: "CN", Kind.RECEIPT: "R"}


def code_of(kind: Kind, year: int, number: int) -> str:
    """`INV-2026-00001`."""
    return f"{PREFIXES[kind]}-{year}-{number:05d}"


def fee_code_of(kind: Kind, year: int, number: int) -> str:
    """`FEE-2026-00001`, or `FCN-2026-00001` of a credit note."""
    return f"{'FCN' if kind is Kind.CREDIT_NOTE else 'FEE'}-{year}-{number:05d}"


def exact(amount: int, currency: str) -> str:
    """An amount with every decimal: `€120.00`, `-€3.50`, `¥1,200`."""
    value = Decimal(amount).scaleb(-exponent(currency))
    said = str(format_currency(value, currency, locale="en"))
    return said.replace(currency, f"{currency}\u00a0") if currency in said else said


def said_day(day: date) -> str:
    """`3 July 2026`."""
    return f"{day.day} {day:%B %Y}"


def country_name(code: str) -> str:
    """`Spain`; unknown codes as they are."""
    return str(Locale("en").territories.get(code, code)) if code else ""


def address_of_seller(seller: Seller) -> Address:
    """As it is printed."""
    return _address(seller.legal_name, seller)


def address_of_buyer(buyer: Buyer) -> Address:
    """As it is printed."""
    return _address(buyer.name, buyer)


def _address(name: str, where: Seller | Buyer) -> Address:
    town = f"{where.postcode} {where.city}".strip()
    tax_id = f"Tax number {where.tax_id}" if where.tax_id else ""
    lines = (*where.street.splitlines(), town, country_name(where.country), tax_id)
    return Address(name, tuple(line.strip() for line in lines if line.strip()))


def facts_of(booking: Booking) -> tuple[tuple[str, str], ...]:
    """Which booking it is, where and when."""
    terms = booking.terms
    count = f"{booking.quantity} × " if booking.quantity > 1 else ""
    shown = terms.shown
    about = f"{shown.of(booking.total).text()}, at the rate of {said_day(shown.on)}, {shown.source}" if shown else ""
    return (
        ("Booking", booking.reference),
        ("What", f"{count}{terms.resource_name}, {terms.property_name}"),
        ("Where", f"{terms.city}, {country_name(terms.country)}"),
        ("When", when(booking)),
        ("Guests", guests(booking)),
        *((("Its total was shown as about", about),) if about else ()),
    )


def when(booking: Booking) -> str:
    """`1 July 2026 to 4 July 2026, 3 nights`, or with hours where no night is slept."""
    if booking.mode is Mode.NIGHTLY:
        nights = f"{booking.nights} night{'' if booking.nights == 1 else 's'}"
        return f"{said_day(booking.arrival)} to {said_day(booking.departure)}, {nights}"
    zone = ZoneInfo(booking.terms.zone)
    starts, ends = booking.check_in_at.astimezone(zone), booking.check_out_at.astimezone(zone)
    until = f"{ends:%H:%M}" if ends.date() == starts.date() else _moment(ends)
    return f"{_moment(starts)} to {until} ({booking.terms.zone})"


def _moment(at: datetime) -> str:
    return f"{said_day(at.date())}, {at:%H:%M}"


def guests(booking: Booking) -> str:
    """`2 adults, 1 child`."""
    party = booking.party
    counts = (
        (party.adults, "adult", "adults"),
        (party.children, "child", "children"),
        (party.infants, "infant", "infants"),
    )
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts if count)


def name_of_file(document: Document) -> str:
    """What it is called when it is saved."""
    return f"{document.code}.pdf"
