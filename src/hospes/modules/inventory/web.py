"""The web edge."""

from fastapi import APIRouter

router = APIRouter()
