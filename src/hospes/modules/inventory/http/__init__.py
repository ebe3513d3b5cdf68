"""The REST edge of inventory, one file a topic."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/v1", tags=["inventory"])
