"""What of invoices the keyring has sealed for long: turned over with the keys."""

from hospes.modules.invoices.policies.frozen import place_of
from hospes.platform.key_rotation import SealedColumn

SEALED_COLUMNS = (SealedColumn("invoices.document", "sealed_content", "id", place_of),)
