"""Why notifications refuses."""

from hospes.platform.errors import NotFound


class MessageNotFound(NotFound):
    code = "message_not_found"
    title = "There is no such message"
