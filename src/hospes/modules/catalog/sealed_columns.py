"""What of the catalogue the keyring has sealed for long: turned over with the keys."""

from hospes.modules.catalog.links import place_of
from hospes.platform.key_rotation import SealedColumn

SEALED_COLUMNS = (SealedColumn("catalog.invitation", "address", "id", place_of),)
