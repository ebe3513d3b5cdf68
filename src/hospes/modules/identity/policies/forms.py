"""Registration and profile as a whole: every fault is named at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

from hospes.modules.identity.contracts import Applicant, EmergencyContact, Profile
from hospes.modules.identity.policies import person
from hospes.modules.identity.policies.password import acceptable_password
from hospes.platform.errors import Invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Application:
    """A registration as typed."""

    email: str
    password: str
    first_name: str
    last_name: str
    phone: str
    date_of_birth: str
    language: str = "en"
    time_zone: str = ""
    country: str = ""
    city: str = ""
    bio: str = ""
    emergency_name: str = ""
    emergency_phone: str = ""
    emergency_relation: str = ""


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """A profile as typed."""

    first_name: str
    last_name: str
    phone: str
    language: str
    time_zone: str
    country: str
    city: str
    bio: str
    emergency_name: str = ""
    emergency_phone: str = ""
    emergency_relation: str = ""


def check_application(application: Application, *, today: date, with_password: bool = True) -> Applicant:
    """The registration in stored form; raises `Invalid` with a sentence for every field at fault.

    Whom another site vouches for needs no password.
    """
    faults: dict[str, str] = {}
    take = partial(_take, faults)
    about = (application.email, application.first_name, application.last_name)
    if with_password:
        take("password", partial(acceptable_password, about=about), application.password)
    email = take("email", person.email_address, application.email)
    first_name = take("first_name", person.person_name, application.first_name)
    last_name = take("last_name", person.person_name, application.last_name)
    phone = take("phone", person.needed_phone_number, application.phone)
    born_on = take("date_of_birth", partial(person.adult_birth_date, today=today), application.date_of_birth)
    language = take("language", person.language_tag, application.language)
    zone = take("time_zone", person.time_zone, application.time_zone or "UTC")
    country = take("country", person.country_code, application.country)
    city = take("city", person.city_name, application.city)
    bio = take("bio", person.biography, application.bio)
    contact = take("emergency_name", _contact_of(application), "")
    if faults or not (email and first_name and last_name and born_on and language and zone) or bio is None:
        raise Invalid("Some of this needs another look.", fields=faults)
    return Applicant(email, first_name, last_name, phone, born_on, language, zone, country, city, bio, contact)


def check_profile(draft: ProfileDraft) -> Profile:
    """The profile in stored form; raises `Invalid` with a sentence for every field at fault."""
    faults: dict[str, str] = {}
    take = partial(_take, faults)
    first_name = take("first_name", person.person_name, draft.first_name)
    last_name = take("last_name", person.person_name, draft.last_name)
    phone = take("phone", person.phone_number, draft.phone)
    language = take("language", person.language_tag, draft.language)
    zone = take("time_zone", person.time_zone, draft.time_zone)
    country = take("country", person.country_code, draft.country)
    city = take("city", person.city_name, draft.city)
    bio = take("bio", person.biography, draft.bio)
    contact = take("emergency_name", _contact_of(draft), "")
    if faults or first_name is None or last_name is None or language is None or zone is None or bio is None:
        raise Invalid("Some of this needs another look.", fields=faults)
    return Profile(first_name, last_name, phone, language, zone, country, city, bio, contact)


def _contact_of(said: Application | ProfileDraft) -> Callable[[str], EmergencyContact | None]:
    return lambda _: person.emergency_contact(said.emergency_name, said.emergency_phone, said.emergency_relation)


def _take(faults: dict[str, str], field: str, rule: Callable[[str], T], text: str) -> T | None:
    try:
        return rule(text)
    except ValueError as fault:
        faults[field] = str(fault)
        return None
