"""Why invoices refuses."""

from hospes.platform.errors import Conflict, Invalid, NotFound


class DocumentNotFound(NotFound):
    code = "document_not_found"
    title = "There is no such invoice or receipt"


class AddressInvalid(Invalid):
    code = "invoice_address_invalid"
    title = "This address cannot be printed"


class CorrectedTooOften(Conflict):
    code = "invoice_corrected_too_often"
    title = "This invoice has been corrected often enough"


class SellerChanged(Conflict):
    code = "invoice_settings_changed"
    title = "Somebody else has just changed these details"
