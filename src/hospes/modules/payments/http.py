"""The http edge."""

from fastapi import APIRouter

router = APIRouter()
