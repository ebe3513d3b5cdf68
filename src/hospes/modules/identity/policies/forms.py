"""Registration and profile as a whole: every fault is named at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

from hospes.modules.identity.contracts import Applicant, Profile
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


def check_application(application: Application, *, today: date) -> Applicant:
    """The registration in stored form; raises `Invalid` with a sentence for every field at fault."""
    faults: dict[str, str] = {}
    take = partial(_take, faults)
    take("password", acceptable_password, application.password)
    email = take("email", person.email_address, application.email)
    first_name = take("first_name", person.person_name, application.first_name)
    last_name = take("last_name", person.person_name, application.last_name)
    phone = take("phone", person.phone_number, application.phone)
    born_on = take("date_of_birth", partial(person.adult_birth_date, today=today), application.date_of_birth)
    language = take("language", person.language_tag, application.language)
    if faults or email is None or first_name is None or last_name is None or born_on is None or language is None:
        raise Invalid("Some of this needs another look.", fields=faults)
    return Applicant(email, first_name, last_name, phone, born_on, language)


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
    if faults or first_name is None or last_name is None or language is None or zone is None or bio is None:
        raise Invalid("Some of this needs another look.", fields=faults)
    return Profile(first_name, last_name, phone, language, zone, country, city, bio)


def _take(faults: dict[str, str], field: str, rule: Callable[[str], T], text: str) -> T | None:
    try:
        return rule(text)
    except ValueError as fault:
        faults[field] = str(fault)
        return None
