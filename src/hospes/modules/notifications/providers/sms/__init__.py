"""What delivers SMS: Twilio, or a folder when no account is set."""

from hospes.modules.notifications.providers.sms.folder import FolderTexter
from hospes.modules.notifications.providers.sms.port import Sms, Texter
from hospes.modules.notifications.providers.sms.twilio import TwilioTexter
from hospes.platform.runtime import Runtime

__all__ = ["Sms", "Texter", "make_texter"]


def make_texter(rt: Runtime) -> Texter:
    """As the settings sms.twilio.* say."""
    if rt.settings.sms.twilio.account_sid:
        return TwilioTexter(rt.settings.sms.twilio)
    return FolderTexter(rt.settings.data_dir / "sms")
