"""Payments over REST, the event stream, the webhooks of the providers, and what admins see."""

from fastapi import APIRouter

from hospes.modules.payments.http import admin, methods, paying, terms, webhooks

router = APIRouter(prefix="/api/v1", tags=["payments"])
for _part in (methods, paying, terms, webhooks, admin):
    router.include_router(_part.router)
