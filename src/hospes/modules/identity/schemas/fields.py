"""Kinds of fields that several shapes share."""

from typing import Annotated

from pydantic import Field

Text = Annotated[str, Field(max_length=400)]
Secret = Annotated[str, Field(max_length=1000, json_schema_extra={"format": "password"})]
Token = Annotated[str, Field(max_length=200)]
