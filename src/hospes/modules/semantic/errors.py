"""Why nothing can be embedded. Search tells people (`SemanticUnavailable`); these never leave the module."""


class EmbedderAway(Exception):
    """The process that embeds did not answer in time, or cannot start; the message says why."""
