"""Why a search is refused."""

from hospes.platform.errors import Invalid, NotFound, Unavailable


class SearchInvalid(Invalid):
    """Something in the search cannot be right."""

    code = "search_invalid"
    title = "Please check your search"


class IndexLoading(Unavailable):
    """The index is still being loaded."""

    code = "search_loading"
    title = "Search will be ready in a moment"


class SemanticOff(NotFound):
    """Search by description is an extra, and not installed or not filled here."""

    code = "semantic_off"
    title = "Descriptions cannot be searched here"


class SemanticEnglishOnly(Invalid):
    """What somebody asks for is not in English, and descriptions are compared in English only."""

    code = "semantic_english_only"
    title = "Descriptions are compared in English only"


class SemanticUnavailable(Unavailable):
    """What somebody asks for could not be understood in time."""

    code = "semantic_unavailable"
    title = "Descriptions cannot be searched for a moment"
