"""Shapes of copies, deletions and agreements."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from hospes.modules.identity.store.privacy import Export
from hospes.platform.privacy import Obstacle


class ExportOut(BaseModel):
    """A copy of your data; while it is `ready`, `file` is where it lies until `ends_at`. `size` in bytes."""

    id: UUID
    status: Literal["asked", "ready", "over"]
    asked_at: datetime
    ready_at: datetime | None
    ends_at: datetime | None
    size: int | None
    file: str | None

    @classmethod
    def of(cls, export: Export) -> "ExportOut":
        """As answered."""
        file = f"/api/v1/users/me/exports/{export.id}/file" if export.status == "ready" else None
        said = {name: getattr(export, name) for name in cls.model_fields if name != "file"}
        return cls(**said, file=file)


class ExportsOut(BaseModel):
    """The latest first."""

    items: list[ExportOut]


class ObstacleOut(BaseModel):
    """What must end before your account can be deleted; `page` is where."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    said: str
    page: str


class DeletionOut(BaseModel):
    """When your account will be deleted (null: not asked for), and what is in the way."""

    due_at: datetime | None
    in_the_way: list[ObstacleOut]

    @classmethod
    def of(cls, due_at: datetime | None, in_the_way: list[Obstacle]) -> "DeletionOut":
        """As answered."""
        return cls(due_at=due_at, in_the_way=[ObstacleOut.model_validate(each) for each in in_the_way])


class ConsentOut(BaseModel):
    """Your latest yes or no to one thing, in one version."""

    kind: str
    version: str
    given: bool
    at: datetime


class ConsentsOut(BaseModel):
    """One of each kind."""

    items: list[ConsentOut]


class MarketingIn(BaseModel):
    """Whether you want news and offers."""

    marketing: bool


class MarketingForm(BaseModel):
    """A ticked box, or none."""

    marketing: bool = False
