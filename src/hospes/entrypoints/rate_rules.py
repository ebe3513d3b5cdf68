"""How often each address of the site may be asked: one table, the first line that fits counts.

What is counted is the route, not the path: an id does not make another key. Reading and writing count apart. Numbers
are for a minute unless said otherwise; `security.rateLimit.rules` sets one by its name, `factor` multiplies all.
A person who browses stays far below: a page is asked for once per click, a map that is dragged asks for places once
a second, and what a page follows live is one request that stays open.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from hospes.platform.csrf import SAFE_METHODS
from hospes.platform.limits import Rule
from hospes.platform.settings import RateLimit, SettingsError

READ, WRITE = "read", "write"
DEFAULT = Rule("default", 0)  # its number is security.rateLimit.limit
TABLE: tuple[tuple[str, str, Rule], ...] = (
    (WRITE, "/api/v1/webhooks/*", Rule("webhooks", 6_000, apart=True)),
    (READ, "/calendars/*", Rule("calendars", 600, apart=True)),
    # Guessing: exact among all processes.
    (WRITE, "/login", Rule("sign in", 30, strict=True)),
    (WRITE, "/api/v1/auth/login", Rule("sign in", 30, strict=True)),
    (WRITE, "/signup", Rule("sign up", 20, strict=True)),
    (WRITE, "/api/v1/auth/register", Rule("sign up", 20, strict=True)),
    (WRITE, "*/refresh", Rule("tokens", 120)),
    (WRITE, "*/logout", Rule("sign out", 60)),
    *(
        (WRITE, pattern, Rule("codes", 20, strict=True))
        for pattern in (
            "*otp*",
            "*/code*",
            "*forgot*",
            "*reset*",
            "*verif*",
            "*factor*",
            "*passkey*",
            "/confirm*",
            "/undo",
        )
    ),
    # What is asked for once more, or sent, on the pages of an account.
    *(
        (WRITE, f"{home}/{part}", Rule("account", 20, each="person", strict=True))
        for home in ("/account", "/api/v1/users/me")
        for part in ("password*", "email*", "phone*", "security/*")
    ),
    *(
        (WRITE, pattern, Rule("exports", 5, each="person", strict=True))
        for pattern in ("/api/v1/users/me/export*", "/account/privacy/copy")
    ),
    (WRITE, "/login/*", Rule("sign in", 30, strict=True)),
    (WRITE, "/api/v1/auth/*", Rule("sign in", 30, strict=True)),
    (WRITE, "*/coupons", Rule("coupons", 30, each="person", strict=True)),
    (READ, "/r/*", Rule("coupons", 30, each="person", strict=True)),
    (READ, "*/invitations/{}", Rule("invitations", 60)),
    (WRITE, "*/invitations*", Rule("invitations", 30, strict=True)),
    # What binds places or money.
    (WRITE, "/api/v1/payments/*", Rule("payments", 60, each="person", strict=True)),
    (WRITE, "/pay/*", Rule("payments", 60, each="person", strict=True)),
    (WRITE, "/api/v1/holds*", Rule("holds", 60, each="person")),
    (WRITE, "/stays/*", Rule("holds", 60, each="person")),
    # What costs us most.
    *(
        (WRITE, path, Rule("documents", 10, each="person", strict=True))
        for path in ("/account/identity", "/api/v1/users/me/identity-checks")
    ),
    (WRITE, "*/media", Rule("uploads", 60, each="person")),
    (WRITE, "*/photo", Rule("uploads", 60, each="person")),
    (WRITE, "*/photos", Rule("uploads", 60, each="person")),
    (WRITE, "*documents*", Rule("uploads", 30, each="person")),
    (READ, "/api/v1/search/suggestions", Rule("suggestions", 600)),
    (READ, "/api/v1/search*", Rule("search", 300)),
    (READ, "/search*", Rule("search", 300)),
    (READ, "*/events", Rule("live", 300, each="person")),
    (READ, "/api/*", DEFAULT),
    (READ, "*", Rule("pages", 300, each="person")),
    (WRITE, "*", DEFAULT),
)
WHOLE_PERSON = Rule("person", 600)
WHOLE_ADDRESS = Rule("address", 1_200)
UNKNOWN_PATH = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """A route, as it is counted: its template with `{}` for what varies, its rules for reading and for writing."""

    route: str
    template: str
    read: Rule
    write: Rule

    def rule(self, method: str) -> tuple[Rule, str]:
        """The rule of this method, and what its counts are named after."""
        return (self.read, self.template) if method in SAFE_METHODS else (self.write, f"{WRITE}:{self.template}")


@dataclass(slots=True)
class _Node:
    place: Place | None = None
    children: dict[str, "_Node"] = field(default_factory=dict)
    any: "_Node | None" = None
    rest: Place | None = None


class RateRules:
    """The rules in force for the routes of an application, found in a few look-ups by path."""

    def __init__(self, templates: Iterable[str], settings: RateLimit) -> None:
        self._settings = settings
        unknown = set(settings.rules) - {each.name for each in (*(r for *_, r in TABLE), WHOLE_PERSON, WHOLE_ADDRESS)}
        if unknown:
            raise SettingsError(f"security.rateLimit.rules: there is no rule {', '.join(sorted(unknown))}")
        self.person, self.address = self._in_force(WHOLE_PERSON), self._in_force(WHOLE_ADDRESS)
        self._other = self._place(UNKNOWN_PATH, UNKNOWN_PATH)
        self._root = _Node()
        for template in templates:
            self._add(template)

    def find(self, path: str) -> Place:
        """The place of a path; all that lead nowhere are one."""
        node, rest = self._root, self._root.rest
        for part in path.strip("/").split("/"):
            rest = node.rest or rest
            below = node.children.get(part) or node.any
            if below is None:
                return rest or self._other
            node = below
        return node.place or node.rest or rest or self._other

    def _add(self, template: str) -> None:
        node = self._root
        said: list[str] = []
        for part in template.strip("/").split("/"):
            if part.endswith(":path}"):
                node.rest = self._place(template, "/" + "/".join([*said, "{}"]))
                return
            if "{" in part:
                node.any = node.any or _Node()
                node = node.any
                said.append("{}")
            else:
                node = node.children.setdefault(part, _Node())
                said.append(part)
        node.place = node.place or self._place(template, "/" + "/".join(said))

    def _place(self, route: str, template: str) -> Place:
        def first(kind: str) -> Rule:
            return next(rule for each, pattern, rule in TABLE if each == kind and fnmatchcase(template, pattern))

        return Place(route, template, self._in_force(first(READ)), self._in_force(first(WRITE)))

    def _in_force(self, rule: Rule) -> Rule:
        said = self._settings
        number = said.rules.get(rule.name, said.limit if rule.name == DEFAULT.name else rule.limit)
        seconds = said.ttl if rule.name == DEFAULT.name else rule.seconds
        return replace(rule, limit=max(round(number * said.factor), 1), seconds=seconds)


def rate_rules(app: FastAPI, settings: RateLimit) -> RateRules:
    """The rules for every route of the application. Raises `SettingsError` for a rule that does not exist."""
    return RateRules([each.path for each in iter_route_contexts(app.routes) if each.path], settings)
