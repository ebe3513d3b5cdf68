"""The shapes of being signed in."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, Field

from hospes.modules.identity.use_cases.list_sign_ins import SignIn


class SessionOut(BaseModel):
    """A browser or API client that is signed in."""

    id: str = Field(description="Public: it opens nothing.")
    kind: Literal["browser", "client"]
    device: str = Field(examples=["Firefox on Linux"])
    place: str = Field(description="The network it came from last.", examples=["203.0.113.*"])
    near: str = Field(description="About where that is; empty where nobody knows.", examples=["Lisbon, PT"])
    created_at: datetime
    last_used_at: datetime
    current: bool = Field(description="The one that asks.")
    by_staff: bool = Field(description="Somebody of our staff looks after this account.")

    @classmethod
    def of(cls, each: SignIn) -> Self:
        """From the use case."""
        return cls(
            id=each.id,
            kind=each.kind,
            device=each.device,
            place=each.place,
            near=each.near,
            created_at=each.began_at,
            last_used_at=each.last_used_at,
            current=each.current,
            by_staff=each.by_staff,
        )


class SessionsOut(BaseModel):
    """All of a person, the present one first."""

    items: list[SessionOut]
