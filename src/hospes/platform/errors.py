"""The refusals a use case may raise; one table (platform/problems.py) maps their kinds to HTTP.

HospesError
├── Invalid       422  the request makes no sense as it stands (`fields` names each fault)
├── Unauthorized  401  nobody is signed in
├── Forbidden     403  signed in, but may not
├── NotFound      404  not there, or not yours to see
├── Conflict      409  the world has moved on
├── Gone          410  it was there, and has expired
├── TooMany       429  slow down (`retry_after` seconds)
└── Unavailable   503  try again later (`retry_after` seconds)
"""

from typing import Any, ClassVar


class HospesError(Exception):
    """A refusal with a stable public `code`, a short `title` and a sentence for a person (`detail`)."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str = "", *, fields: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.fields = fields or {}
        self.extra = extra


class Invalid(HospesError):
    status = 422
    code = "invalid"
    title = "Some of this cannot be right"


class Unauthorized(HospesError):
    status = 401
    code = "unauthorized"
    title = "Please sign in first"


class Forbidden(HospesError):
    status = 403
    code = "forbidden"
    title = "You may not do this"


class NotFound(HospesError):
    status = 404
    code = "not_found"
    title = "There is nothing here"


class Conflict(HospesError):
    status = 409
    code = "conflict"
    title = "This has changed in the meantime"


class VersionChanged(Conflict):
    status = 412
    code = "version_changed"
    title = "Someone has changed this since you opened it"


class Gone(HospesError):
    status = 410
    code = "gone"
    title = "This has expired"


class TooMany(HospesError):
    status = 429
    code = "too_many_requests"
    title = "Too many requests"

    def __init__(self, detail: str = "", *, retry_after: int = 60, fields: dict[str, str] | None = None) -> None:
        super().__init__(detail, fields=fields)
        self.retry_after = retry_after


class Unavailable(HospesError):
    status = 503
    code = "unavailable"
    title = "This is out of service for a moment"
    retry_after: ClassVar[int] = 5
