"""The edges of promotions."""

from fastapi import APIRouter

router = APIRouter()
