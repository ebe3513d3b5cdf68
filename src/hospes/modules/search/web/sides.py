"""The two sides of a search for nights: places to stay and, apart from them, things to do in these days."""

from dataclasses import replace
from typing import Any

from hospes.modules.search.contracts import Find, Query, Results
from hospes.modules.search.policies.seeking import by_the_rule
from hospes.modules.search.web.asking import Looking
from hospes.modules.search.web.wording import FOUND


def beside_each_other(query: Query) -> bool:
    """Whether a search like this, whatever it has chosen of the two, has two sides."""
    return by_the_rule(replace(query, find=Find.FITTING))


def sides_of(results: Results, looking: Looking) -> list[dict[str, Any]]:
    """Each with how many there are and its address. Nothing where there is no choice: with a kind or a profession,
    without nights, or when there is nothing to do."""
    query, found = looking.query, results.facets.find
    if not beside_each_other(query) or query.find is Find.ALL or not found:
        return []
    things = query.find is Find.THINGS
    if not things and not found[Find.THINGS]:
        return []
    return [
        {"words": words, "count": found[find], "here": things == (find is Find.THINGS),
         "href": looking.address(find=find.value if find is Find.THINGS else None)}
        for find, words in FOUND.items()
    ]  # fmt: skip
