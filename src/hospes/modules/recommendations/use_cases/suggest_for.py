"""Suggestions for somebody: what training found for them, else places like the last they looked at, else what is
popular."""

from hospes.modules.recommendations.contracts import Person, Suggestions
from hospes.modules.recommendations.use_cases.look_back import look_back
from hospes.modules.recommendations.use_cases.popular_in import popular_in
from hospes.modules.recommendations.use_cases.similar_stays import similar_stays
from hospes.modules.search.errors import IndexLoading
from hospes.platform.runtime import Runtime


async def suggest_for(rt: Runtime, *, person: Person | None, limit: int = 12) -> Suggestions:
    """With the reason; while the index is being loaded, what is popular stands for what is alike."""
    async with rt.db.read() as tx:
        recent, found = await look_back(tx, person=person, recent=1, suggested=limit) if person else ([], ())
    if found:
        return Suggestions("for_you", found)
    for each in recent:
        try:
            like = await similar_stays(rt, each.card.resource_id, limit=limit)
        except IndexLoading:
            like = []
        if like:
            return Suggestions("like_last", like, each.card.title)
    async with rt.db.read() as tx:
        where, popular = await popular_in(tx, city=recent[0].card.city if recent else "", limit=limit)
    return Suggestions("popular", popular, where)
