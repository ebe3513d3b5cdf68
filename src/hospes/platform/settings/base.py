"""What every section of the settings is, and what is raised about them."""

from pydantic import BaseModel, ConfigDict, SecretStr


class SettingsError(Exception):
    """A setting cannot be used; the message names its key."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


NO_SECRET = SecretStr("")
