"""The pages of preferences and of what one is told of."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from hospes.modules.identity import facade
from hospes.modules.identity.contracts import NewsChannel, User
from hospes.modules.identity.errors import PreferencesChanged
from hospes.modules.identity.policies.topics import TOPICS, may_refuse, wanted
from hospes.modules.identity.queries.preferences import Preferences, find_preferences
from hospes.modules.identity.schemas.preferences import PreferencesForm, Travel, as_kept, tag_of, travel_of
from hospes.modules.identity.store.privacy import list_consents
from hospes.modules.identity.use_cases.change_preferences import STALE, change_preferences
from hospes.modules.identity.use_cases.note_consents import note_consents
from hospes.modules.identity.web.parts import address_of, choices, filled, onwards
from hospes.platform.caller import require_caller
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.money import CURRENCIES
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime
from hospes.platform.validation import fields_of

router = APIRouter(prefix="/account")
_CHOICES = {
    "favorite_kinds": ("Homes", "Hotels", "Tours", "Whole trips", "Desks", "Appointments"),
    "dietary_restrictions": ("Vegetarian", "Vegan", "Halal", "Kosher", "No gluten", "No lactose", "No nuts"),
    "accessibility": (
        "No steps",
        "Room for a wheelchair",
        "A lift",
        "Ground floor",
        "Help with hearing",
        "Help with seeing",
        "With a service animal",
    ),
}
_VALUES = {
    "favorite_kinds": ("home", "hotel", "tour", "package", "desk", "appointment"),
    "dietary_restrictions": ("vegetarian", "vegan", "halal", "kosher", "gluten_free", "lactose_free", "nut_free"),
    "accessibility": ("step_free", "wheelchair", "lift", "ground_floor", "hearing", "sight", "service_animal"),
}
OPTIONS = {name: tuple(zip(_VALUES[name], words, strict=True)) for name, words in _CHOICES.items()}


@router.get("/preferences")
async def preferences_page(request: Request) -> Response:
    """Language, zone, currency and how one likes to travel."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        user, known = await facade.get_user(tx, caller.user_id), await find_preferences(tx, caller.user_id)
    return _page(request, user, _typed(user, known), _ticked(travel_of(known.travel)))


@router.post("/preferences")
async def change_preferences_here(request: Request) -> Response:
    """Keep them; the form again with what is wrong."""
    caller = require_caller(request)
    facade.refuse_while_acting(caller)
    rt = runtime(request)
    posted = await request.form()
    ticked = {name: [str(each) for each in posted.getlist(name)] for name in OPTIONS}
    form = await read_form(request, PreferencesForm)
    async with rt.db.write() as tx:
        user, known = await facade.get_user(tx, caller.user_id), await find_preferences(tx, caller.user_id)
        if form.value is None:
            return _page(request, user, form.typed, ticked, form.errors, Invalid())
        try:
            if form.value.version not in ("", tag_of(user, known)):
                raise PreferencesChanged(STALE)
            user, _ = await change_preferences(
                tx,
                user=user,
                seen=known,
                language=form.value.language,
                zone=form.value.time_zone,
                currency=form.value.currency,
                travel=as_kept(form.value.travel()),
                now=rt.clock.now(),
            )
        except ValidationError as fault:
            wrong = {name.split(".")[0]: said for name, said in fields_of(fault.errors()).items()}
            return _page(request, user, form.typed, ticked, wrong, Invalid())
        except HospesError as refusal:
            return _page(request, user, form.typed, ticked, refusal.fields or {"form": refusal.detail}, refusal)
    await facade.refresh_sessions(rt, user)
    response = onwards("/account/preferences")
    flash(response, "Your preferences are saved.")
    return response


@router.get("/notifications")
async def notifications_page(request: Request) -> Response:
    """What one is told of by mail, and what always comes."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        known = await find_preferences(tx, caller.user_id)
        consents = {row["kind"]: row["given"] for row in await list_consents(tx, caller.user_id)}
    mail = NewsChannel.MAIL
    rows = [
        (topic, about, may_refuse(topic, mail), wanted(known.notifications, topic, mail))
        for topic, about in TOPICS.items()
        if not about.hosts or "host" in caller.roles
    ]
    context = {"rows": rows, "marketing": consents.get("marketing", False)}
    return render(request, "identity/notifications.html", context)


@router.post("/notifications")
async def change_notifications_here(request: Request) -> Response:
    """Keep what is ticked."""
    caller = require_caller(request)
    facade.refuse_while_acting(caller)
    rt = runtime(request)
    now, posted = rt.clock.now(), await request.form()
    ticked = {str(each) for each in posted.getlist("mail")}
    told = {
        str(topic): {str(NewsChannel.MAIL): str(topic) in ticked}
        for topic, about in TOPICS.items()
        if may_refuse(topic, NewsChannel.MAIL) and (not about.hosts or "host" in caller.roles)
    }
    marketing = posted.get("marketing") == "true"
    async with rt.db.write() as tx:
        user, known = await facade.get_user(tx, caller.user_id), await find_preferences(tx, caller.user_id)
        await change_preferences(tx, user=user, seen=known, notifications=told, now=now)
        consents = {row["kind"]: row["given"] for row in await list_consents(tx, caller.user_id)}
        if marketing != consents.get("marketing", False):
            origin = facade.origin_of(rt, address_of(request))
            await note_consents(tx, user_id=user.id, kinds=("marketing",), given=marketing, origin=origin, now=now)
    response = onwards("/account/notifications")
    flash(response, "Saved.")
    return response


def _typed(user: User, known: Preferences) -> dict[str, str]:
    said = travel_of(known.travel)
    budget = said.budget_range
    return {
        "language": user.language,
        "time_zone": user.zone,
        "currency": user.currency or "",
        "travel_style": said.travel_style or "",
        "budget_min": "" if budget is None or budget.min is None else str(budget.min),
        "budget_max": "" if budget is None or budget.max is None else str(budget.max),
        "budget_currency": budget.currency if budget else user.currency or "EUR",
        "favorite_destinations": ", ".join(said.favorite_destinations),
        "interests": ", ".join(said.interests),
        "seat": said.seat or "",
        "bed": said.bed or "",
        "room": said.room or "",
        **{name: "true" if getattr(said, name) else "" for name in ("smoking", "with_pets", "with_children")},
        "version": tag_of(user, known),
    }


def _ticked(said: Travel) -> dict[str, list[str]]:
    return {name: list(getattr(said, name)) for name in OPTIONS}


def _page(
    request: Request,
    user: User,
    typed: dict[str, str],
    ticked: dict[str, list[str]],
    errors: dict[str, str] | None = None,
    refusal: HospesError | None = None,
) -> Response:
    context: dict[str, Any] = {
        **filled(typed, errors),
        **choices(user.zone, user.language),
        "ticked": ticked,
        "options": OPTIONS,
        "currencies": [(code, code) for code in CURRENCIES],
    }
    return render(request, "identity/preferences.html", context, status=refusal.status if refusal else 200)
