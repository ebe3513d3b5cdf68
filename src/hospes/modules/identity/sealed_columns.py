"""What of identity the keyring has sealed for long: turned over with the keys."""

from hospes.modules.identity import totp
from hospes.modules.identity.sealed import place
from hospes.modules.identity.store import token_keys
from hospes.platform.key_rotation import SealedColumn

SEALED_COLUMNS = (
    SealedColumn("identity.user_account", "data_key", "id", lambda user_id: place(user_id, "data_key")),
    SealedColumn("identity.second_factor", "secret", "user_id", totp.place_of),
    SealedColumn("identity.token_key", "sealed_private", "kid", token_keys.place_of),
)
