"""The form in which facts about a person are kept; each rule answers the stored form or raises ValueError."""

import re
import unicodedata
from datetime import date
from functools import cache
from importlib import resources

import phonenumbers
from babel import Locale, UnknownLocaleError
from email_validator import EmailNotValidError, validate_email

from hospes.modules.identity.contracts import EmergencyContact

ADULT_AGE = 18
OLDEST_AGE = 120
LONGEST_NAME = 80
LONGEST_BIO = 500


def email_address(text: str) -> str:
    """A well-formed address with its domain in lower case; asks no mail server."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as fault:
        raise ValueError("This is not an email address, such as name@example.com.") from fault


def person_name(text: str) -> str:
    """One line, spaces tidied, 1 to 80 characters."""
    name = one_line(text)
    if not name:
        raise ValueError("Please write a name.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"A name can have {LONGEST_NAME} characters at most.")
    return name


def phone_number(text: str) -> str | None:
    """E.164 (`+34612345678`), or None when left empty; the country code is required."""
    written = text.strip()
    if not written:
        return None
    try:
        number = phonenumbers.parse(re.sub(r"^00", "+", written), None)
    except phonenumbers.NumberParseException as fault:
        raise ValueError("Write the number with its country code, such as +34 612 345 678.") from fault
    if not phonenumbers.is_valid_number(number):
        raise ValueError("There is no such phone number. Check the country code and the digits.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def needed_phone_number(text: str) -> str:
    """E.164; raises ValueError when left empty too."""
    number = phone_number(text)
    if number is None:
        raise ValueError("Please write your phone number, with its country code, such as +34 612 345 678.")
    return number


def adult_birth_date(text: str, today: date) -> date:
    """An ISO date (`1990-05-31`) at least 18 years ago."""
    try:
        born_on = date.fromisoformat(text.strip())
    except ValueError as fault:
        raise ValueError("Write your date of birth as year-month-day, such as 1990-05-31.") from fault
    age = age_on(born_on, today)
    if age < 0 or age > OLDEST_AGE:
        raise ValueError("This date of birth cannot be right.")
    if age < ADULT_AGE:
        raise ValueError(f"You must be at least {ADULT_AGE} years old.")
    return born_on


def age_on(born_on: date, today: date) -> int:
    """Full years lived; whoever was born on 29 February has their birthday on 1 March in other years."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def language_tag(text: str) -> str:
    """A language we have data for, as `en` or `pt-BR`."""
    try:
        locale = Locale.parse(text.strip(), sep="-")
    except (UnknownLocaleError, ValueError, TypeError) as fault:
        raise ValueError("Choose a language, such as en or pt-BR.") from fault
    return f"{locale.language}-{locale.territory}" if locale.territory else locale.language


def time_zone(text: str) -> str:
    """A name of the IANA time zone database."""
    if text.strip() not in _zones():
        raise ValueError("Choose a time zone, such as Europe/Madrid.")
    return text.strip()


def country_code(text: str) -> str | None:
    """ISO 3166 alpha-2, or None when left empty."""
    code = text.strip().upper()
    if not code:
        return None
    if code not in countries():
        raise ValueError("Choose a country by its two letters, such as ES.")
    return code


def city_name(text: str) -> str | None:
    """One line of at most 80 characters, or None when left empty."""
    city = one_line(text)
    if len(city) > LONGEST_NAME:
        raise ValueError(f"A city can have {LONGEST_NAME} characters at most.")
    return city or None


def biography(text: str) -> str:
    """Up to 500 characters on several lines."""
    bio = text.replace("\r\n", "\n").strip()
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in bio):
        raise ValueError("This contains a character that cannot be shown.")
    if len(bio) > LONGEST_BIO:
        raise ValueError(f"Please keep this to {LONGEST_BIO} characters; it has {len(bio)}.")
    return bio


def emergency_contact(name: str, phone: str, relation: str) -> EmergencyContact | None:
    """Whom to call, or None when nothing was written; a name and a number belong together."""
    if not (name.strip() or phone.strip() or relation.strip()):
        return None
    number = phone_number(phone)
    if not name.strip() or number is None:
        raise ValueError("Write both a name and a number, or neither.")
    said = one_line(relation)
    if len(said) > LONGEST_NAME:
        raise ValueError(f"This can have {LONGEST_NAME} characters at most.")
    return EmergencyContact(person_name(name), number, said)


def one_line(text: str) -> str:
    """Spaces tidied; raises ValueError on control characters."""
    line = re.sub(r"[\s]+", " ", text).strip()
    if any(unicodedata.category(c) == "Cc" for c in line):
        raise ValueError("This contains a character that cannot be shown.")
    return line


@cache
def countries() -> dict[str, str]:
    """ISO 3166 alpha-2 codes with their English names, by name."""
    names = Locale("en").territories
    pairs = ((code, name) for code, name in names.items() if re.fullmatch("[A-Z]{2}", code))
    return dict(sorted((p for p in pairs if p[0] not in _NOT_COUNTRIES), key=lambda pair: pair[1]))


@cache
def zones() -> tuple[str, ...]:
    """Time zones to choose from, in order."""
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ("UTC", *sorted(name for name in _zones() if name.startswith(areas)))


@cache
def _zones() -> frozenset[str]:
    return frozenset((resources.files("tzdata") / "zones").read_text(encoding="utf-8").split())


# What CLDR names with two letters but ISO 3166 does not list; Kosovo (XK) stays.
_NOT_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
