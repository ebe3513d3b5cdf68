"""Why a search is refused."""

from hospes.platform.errors import Invalid, Unavailable


class SearchInvalid(Invalid):
    """Something in the search cannot be right."""

    code = "search_invalid"
    title = "Please check your search"


class IndexLoading(Unavailable):
    """The index is still being loaded."""

    code = "search_loading"
    title = "Search will be ready in a moment"
