"""What delivers mail: by SMTP, or into a folder when no server is set."""

from hospes.modules.notifications.providers.folder import FolderMailer
from hospes.modules.notifications.providers.port import Mailer
from hospes.modules.notifications.providers.smtp import SmtpMailer
from hospes.platform.runtime import Runtime


def make_mailer(rt: Runtime) -> Mailer:
    """As the setting mail.url says."""
    if rt.settings.mail.url:
        return SmtpMailer(rt.settings.mail.url, rt.clock)
    return FolderMailer(rt.settings.data_dir / "mail", rt.clock)
