"""The rules about people, without any machinery."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.identity.policies import person
from hospes.modules.identity.policies.forms import Application, ProfileDraft, check_application, check_profile
from hospes.modules.identity.policies.next_page import local_path
from hospes.modules.identity.policies.password import acceptable_password
from hospes.platform.errors import Invalid

TODAY = date(2026, 6, 1)
GOOD = Application(
    email="Ada@Example.com",
    password="Correct-horse-7",
    first_name=" Ada ",
    last_name="Lovelace",
    phone="+34 612 345 678",
    date_of_birth="1990-05-31",
)


def refusal_of(**changes: str) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        check_application(Application(**{**vars_of(GOOD), **changes}), today=TODAY)
    return refused.value.fields


def vars_of(application: Application) -> dict[str, str]:
    return {name: getattr(application, name) for name in Application.__slots__}


def test_a_good_registration_is_kept_in_its_stored_form() -> None:
    applicant = check_application(GOOD, today=TODAY)
    assert applicant.email == "Ada@example.com"
    assert applicant.first_name == "Ada"
    assert applicant.phone == "+34612345678"
    assert applicant.born_on == date(1990, 5, 31)
    assert applicant.language == "en"


def test_every_fault_of_a_registration_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        check_application(Application("x", "short", "", "\x00", "12", "yesterday"), today=TODAY)
    assert set(refused.value.fields) == {"email", "password", "first_name", "last_name", "phone", "date_of_birth"}


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        ("Ab1", "at least 8 characters"),
        ("ABCDEFG1", "a small letter"),
        ("abcdefg1", "a capital letter"),
        ("abcdefgH", "a digit"),
        ("", "at least 8 characters, a small letter, a capital letter and a digit"),
    ],
)
def test_a_weak_password_is_told_what_it_lacks(password: str, missing: str) -> None:
    assert refusal_of(password=password) == {"password": f"A password needs {missing}."}


def test_a_password_longer_than_what_bcrypt_reads_is_welcome() -> None:
    assert acceptable_password("Aa1" + "x" * 100) == "Aa1" + "x" * 100


@pytest.mark.parametrize(
    ("born_on", "welcome"),
    [("2008-06-01", True), ("2008-06-02", False), ("2026-06-02", False), ("1880-01-01", False)],
)
def test_only_adults_may_register_and_the_birthday_itself_counts(born_on: str, welcome: bool) -> None:
    if welcome:
        assert person.adult_birth_date(born_on, TODAY) == date.fromisoformat(born_on)
    else:
        assert set(refusal_of(date_of_birth=born_on)) == {"date_of_birth"}


def test_a_leapling_comes_of_age_on_the_first_of_march() -> None:
    assert person.age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert person.age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", None), ("  ", None), ("+34 612 345 678", "+34612345678"), ("0034612345678", "+34612345678")],
)
def test_a_phone_number_is_optional_and_kept_as_e164(typed: str, kept: str | None) -> None:
    assert person.phone_number(typed) == kept


@pytest.mark.parametrize("typed", ["612345678", "+34 1", "+999123456789", "phone"])
def test_a_phone_number_that_cannot_be_dialled_is_refused(typed: str) -> None:
    assert set(refusal_of(phone=typed)) == {"phone"}


@pytest.mark.parametrize(
    "typed", ["ada", "ada@", "@example.com", "ada@exa mple.com", "a@b@c.com", "ada@example.com\x00"]
)
def test_what_is_no_email_address_is_refused(typed: str) -> None:
    assert set(refusal_of(email=typed)) == {"email"}


@given(st.text(max_size=200))
def test_whatever_is_typed_a_name_is_kept_on_one_line_or_refused(typed: str) -> None:
    try:
        name = person.person_name(typed)
    except ValueError:
        return
    assert 1 <= len(name) <= 80
    assert "\x00" not in name
    assert len(name.splitlines()) == 1


@given(st.text(max_size=100))
def test_whatever_is_typed_the_loose_fields_are_judged_not_broken(typed: str) -> None:
    fields = dict.fromkeys(Application.__slots__, typed)
    with pytest.raises(Invalid):
        check_application(Application(**fields), today=TODAY)


def test_a_profile_names_all_its_faults() -> None:
    with pytest.raises(Invalid) as refused:
        check_profile(ProfileDraft("", "", "1", "tlh", "Mars/Base", "XX", "x" * 81, "b" * 501))
    assert set(refused.value.fields) == {
        *("first_name", "last_name", "phone", "language", "time_zone", "country", "city", "bio")
    }


def test_a_good_profile_is_kept_in_its_stored_form() -> None:
    profile = check_profile(
        ProfileDraft("Ada", "King", "", "pt-BR", "Europe/Madrid", "es", " Las  Palmas ", "Hi\r\nyou")
    )
    assert (profile.language, profile.country, profile.city, profile.bio) == ("pt-BR", "ES", "Las Palmas", "Hi\nyou")
    assert profile.phone is None


@pytest.mark.parametrize("path", ["/", "/trips", "/stays/1?arrival=2026-06-01&x=%20", "/search?q=a:b//c#top"])
def test_a_local_path_is_followed_after_signing_in(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            None,
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
        ),
        *(
            "/\t/evil.example",
            "/ok\r\nSet-Cookie: a=b",
            " //evil.example",
            "trips",
            "/login?next=/login",
            "/logout",
            "/api/v1",
        ),
    ],
)
def test_anything_that_could_leave_the_site_leads_home(path: str | None) -> None:
    assert local_path(path) == "/"
