"""Everything that can be set: `config.yml`, overridden by the environment, checked at start."""

from hospes.platform.settings.base import SettingsError as SettingsError
from hospes.platform.settings.loading import Settings as Settings
from hospes.platform.settings.loading import kept_secret as kept_secret
from hospes.platform.settings.loading import load_settings as load_settings
from hospes.platform.settings.loading import with_secrets as with_secrets
from hospes.platform.settings.outside import Fees as Fees
from hospes.platform.settings.outside import Mail as Mail
from hospes.platform.settings.outside import Map as Map
from hospes.platform.settings.outside import Payment as Payment
from hospes.platform.settings.outside import Payouts as Payouts
from hospes.platform.settings.outside import Sms as Sms
from hospes.platform.settings.outside import Stripe as Stripe
from hospes.platform.settings.outside import Twilio as Twilio
from hospes.platform.settings.searching import Search as Search
from hospes.platform.settings.ways_in import AppleSignIn as AppleSignIn
from hospes.platform.settings.ways_in import Auth as Auth
from hospes.platform.settings.ways_in import FacebookSignIn as FacebookSignIn
from hospes.platform.settings.ways_in import GoogleSignIn as GoogleSignIn
from hospes.platform.settings.ways_in import Lockout as Lockout
from hospes.platform.settings.ways_in import RateLimit as RateLimit
from hospes.platform.settings.ways_in import Security as Security
