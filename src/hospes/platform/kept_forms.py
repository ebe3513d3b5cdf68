"""What was typed into a form that was sent too late: kept for a quarter of an hour while the person confirms that it is
them, sealed, for them alone, and never what is secret. Without Valkey nothing is kept."""

import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs

import orjson
import structlog
from fastapi import Request
from redis.exceptions import RedisError

from hospes.platform.caller import Caller
from hospes.platform.refilling import is_secret
from hospes.platform.runtime import Runtime, runtime
from hospes.platform.sealing import SealBroken

LASTS = 900
LARGEST = 60_000
NAME = "kept"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeptForm:
    """Values by field, and the path they were sent to."""

    action: str
    fields: dict[str, list[str]]


async def keep_form(request: Request) -> str:
    """Under which name what was posted is kept; empty when nothing is. The form has been read by now, or it is not."""
    form = getattr(request, "_form", None)
    caller: Caller | None = getattr(request.state, "caller", None)
    if form is None or caller is None:
        return ""
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and not is_secret(name) and name != "csrf_token":
            fields.setdefault(name, []).append(value)
    said = orjson.dumps({"action": request.url.path, "fields": fields})
    if not any(any(values) for values in fields.values()) or len(said) > LARGEST:
        return ""
    rt, name = runtime(request), secrets.token_urlsafe(18)
    try:
        await rt.valkey.set(_key(name), rt.keyring.seal_text(said.decode(), _place(caller, name)), ex=LASTS)
    except RedisError as fault:
        log.warning("form_not_kept", reason=str(fault))
        return ""
    return name


async def find_form(rt: Runtime, caller: Caller, query: bytes) -> KeptForm | None:
    """What this person had typed, when the address of the page they open names it."""
    name = (parse_qs(query.decode("latin-1")).get(NAME) or [""])[0]
    if len(name) != 24:
        return None
    try:
        sealed = await rt.valkey.get(_key(name))
        if not isinstance(sealed, str):
            return None
        said = orjson.loads(rt.keyring.unseal_text(sealed, _place(caller, name)))
    except (RedisError, SealBroken) as fault:
        log.info("form_not_found", reason=str(fault))
        return None
    return KeptForm(said["action"], said["fields"])


def _key(name: str) -> str:
    return f"kept_form:{name}"


def _place(caller: Caller, name: str) -> str:
    return f"kept_form:{caller.user_id}:{name}"
