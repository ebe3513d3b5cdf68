"""Suggestions for somebody: what training found for them, else places like the last they looked at, else what is
popular."""

from hospes.modules.recommendations import queries
from hospes.modules.recommendations.contracts import Person, Suggestions
from hospes.modules.recommendations.use_cases.popular_in import popular_in
from hospes.modules.recommendations.use_cases.similar_stays import similar_stays
from hospes.modules.search.errors import IndexLoading
from hospes.platform.runtime import Runtime

LATEST = 50
FEWEST = 3


async def suggest_for(rt: Runtime, *, person: Person | None, limit: int = 12) -> Suggestions:
    """With the reason; what they have looked at is left out of what training found."""
    async with rt.db.read() as tx:
        seen, suggested = await queries.known_of(tx, person.id, limit=LATEST) if person else ([], [])
        if suggested:
            cards = await queries.cards_of_properties(tx, suggested)
            looked_at = {each for each, _ in seen}
            fresh = [cards[each] for each in suggested if each in cards and cards[each].resource_id not in looked_at]
            if len(fresh) >= FEWEST:
                return Suggestions("for_you", fresh[:limit])
        last = await queries.cards_of_resources(tx, [seen[0][0]]) if seen else {}
    for resource_id, card in last.items():
        try:
            like = await similar_stays(rt, resource_id, limit=limit)
        except IndexLoading:
            like = []
        if like:
            return Suggestions("like_last", like, card.title)
    async with rt.db.read() as tx:
        city = next((card.city for card in last.values()), "")
        where, popular = await popular_in(tx, city=city, limit=limit)
    return Suggestions("popular", popular, where)
