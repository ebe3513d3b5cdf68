"""Names and descriptions that fit what is described, put together from words; the same seed gives the same words."""

from collections.abc import Sequence
from random import Random


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


PEOPLE_FIRST = _split(
    "Amara|Anouk|Aylin|Bruno|Camille|Carmen|Chiara|Chidi|Daniel|Elif|Emeka|Emma|Farah|Felix|Hana|Hugo|Ines|"
    "Ingrid|Ivan|Jonas|Joon|Juan|Kaito|Kofi|Lars|Leila|Lena|Linh|Luca|Lucía|Maja|Marta|Mateo|Mei|Mina|Nadia|"
    "Nikos|Noor|Olga|Omar|Paula|Petra|Priya|Rafael|Ravi|Rosa|Sami|Sara|Sofia|Stefan|Tariq|Thabo|Tomás|Vera|"
    "Wei|Yara|Yuki|Zofia"
)
PEOPLE_LAST = _split(
    "Abebe|Andersen|Banerjee|Becker|Bianchi|Castro|Chen|Costa|Demir|Dubois|Eriksson|Fernández|Fischer|García|"
    "Haddad|Hansen|Horvat|Ito|Ivanova|Janssen|Kaya|Khan|Kim|Kovács|Lefèvre|Lindqvist|Mendes|Moreau|Müller|"
    "Nakamura|Ndlovu|Nguyen|Novak|Okafor|Oliveira|Papadopoulos|Patel|Pereira|Popescu|Rossi|Santos|Sato|"
    "Schmidt|Silva|Suzuki|Tanaka|Torres|Vargas|Virtanen|Wójcik|Yılmaz|Zhang"
)
_LIGHT = _split(
    "Sunlit|Quiet|Bright|Airy|Calm|Cosy|Generous|Handsome|Unhurried|Restored|Tucked-away|Cheerful|Well-kept|"
    "Serene|Snug|Roomy|Gentle|Graceful|Homely|Leafy|Old-fashioned|Simple|Warm|Peaceful"
)
_HOME = _split(
    "loft|flat|townhouse|garden flat|top-floor flat|maisonette|courtyard house|apartment|corner flat|"
    "attic flat|artist's flat|family flat|mews house|hideaway"
)
_SPOT = {
    "city": "near the old town|by the market|beside the park|above a bakery|by the museum|behind the theatre|next to the library",
    "coast": "by the harbour|near the beach|above the quay|with a view of the water|behind the fish market|by the lighthouse",
    "hills": "below the hill|with a view of the hills|by the river|at the edge of the woods|near the funicular|by the mill",
    "desert": "around a courtyard|with a roof terrace|by the old gate|near the bazaar|among palms|by the fountain",
}
SPOTS = {look: _split(said) for look, said in _SPOT.items()}
_HOTEL = (
    "Hotel {a}", "The {a} House", "{a} & Sons Hotel", "Hotel {b}", "Casa {a}", "The {a} Rooms", "{a} Guesthouse", "Grand {a}",
    "The {a} and {b}", "{a} Court", "The Old {a}", "{a} Inn", "Pension {b}", "The {a} Arms", "{a} Lodge",
)  # fmt: skip
_THINGS = _split(
    "Almond|Amber|Anchor|Atlas|Aurora|Birch|Cedar|Clover|Compass|Copper|Fig|Finch|Garnet|Harbour|Heron|Indigo|"
    "Ivy|Juniper|Lantern|Laurel|Linden|Lotus|Magnolia|Meridian|Mimosa|Myrtle|Ochre|Olive|Orchard|Poppy|Quince|"
    "Robin|Saffron|Sparrow|Swan|Tamarind|Willow|Acorn|Beacon|Bluebell|Cobalt|Dovecote|Elder|Fern|Goldfinch|"
    "Hazel|Jasmine|Kestrel|Lavender|Maple|Nightingale|Oriole|Peony|Rowan|Sable|Thistle|Umber|Verbena|Wren|"
    "Yarrow"
)
_ROOMS = (
    "Small double",
    "Classic double",
    "Twin",
    "Superior double",
    "Family room",
    "Junior suite",
    "Single under the roof",
)
_OPENING = (
    "{Name} is {adj} {what} {spot} in {city}.",
    "{Adj} {what} {spot}, ten minutes on foot from the middle of {city}.",
    "Wake up {spot}: this {what} is our favourite corner of {city}.",
)
_BODY = (
    "The kitchen has everything for a slow breakfast, and the bed is wider than you expect.",
    "Mornings are bright, evenings are quiet, and the good coffee is downstairs.",
    "We painted it ourselves, kept the old floor, and replaced everything you sit or sleep on.",
    "There is a table long enough for dinner and for a day of work.",
    "Trams and buses stop around the corner; most days you will not need them.",
    "The neighbours have lived here for decades and will tell you where to eat.",
)
_CLOSE = (
    "Arrive when it suits you within check-in hours; we send directions the day before.",
    "Ask us anything: we answer within the hour while the sun is up.",
    "Towels, linen and a first pot of coffee are waiting.",
)
RULES = (
    "No smoking indoors. Quiet from 22:00 to 07:00. No parties.",
    "Please take your shoes off. No smoking indoors. Quiet after 22:00.",
    "Be kind to the neighbours: quiet after 23:00. No events without asking.",
)


def person(random: Random) -> tuple[str, str]:
    """First and last name of a demo-world guest or host."""
    return random.choice(PEOPLE_FIRST), random.choice(PEOPLE_LAST)


def home_name(random: Random, look: str, street: str, bedrooms: int) -> str:
    """Such as `Sunlit loft by the harbour`, or `Calm flat on Rua das Flores`; without a bedroom it is a studio."""
    home = random.choice(_HOME) if bedrooms else "studio"
    where = f"on {street}" if random.random() < 0.45 else random.choice(SPOTS[look])
    return f"{random.choice(_LIGHT)} {home} {where}"


def named(random: Random, patterns: Sequence[str]) -> str:
    """A name made by one of the patterns, with {a} and {b} for two different things."""
    one, other = random.sample(_THINGS, 2)
    return random.choice(patterns).format(a=one, b=other)


def hotel_name(random: Random) -> str:
    """Such as `The Heron House`."""
    return named(random, _HOTEL)


def room_types(random: Random) -> list[str]:
    """Two to four different rooms, from small to large."""
    return [_ROOMS[i] for i in sorted(random.sample(range(len(_ROOMS)), random.randint(2, 4)))]


def description(random: Random, name: str, what: str, look: str, city: str) -> str:
    """Three or four sentences."""
    light = random.choice(_LIGHT).lower()
    adjective = f"{'an' if light[0] in 'aeiou' else 'a'} {light}"
    opening = random.choice(_OPENING).format(
        Name=name, adj=adjective, Adj=adjective.capitalize(), what=what, spot=random.choice(SPOTS[look]), city=city
    )
    return " ".join([opening, *random.sample(_BODY, 2), random.choice(_CLOSE)])
