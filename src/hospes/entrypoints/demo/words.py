"""Names and descriptions that fit what is described, put together from words; the same seed gives the same words."""

from random import Random

PEOPLE_FIRST = [
    "Amara",
    "Anouk",
    "Aylin",
    "Bruno",
    "Camille",
    "Carmen",
    "Chiara",
    "Chidi",
    "Daniel",
    "Elif",
    "Emeka",
    "Emma",
    "Farah",
    "Felix",
    "Hana",
    "Hugo",
    "Ines",
    "Ingrid",
    "Ivan",
    "Jonas",
    "Joon",
    "Juan",
    "Kaito",
    "Kofi",
    "Lars",
    "Leila",
    "Lena",
    "Linh",
    "Luca",
    "Lucía",
    "Maja",
    "Marta",
    "Mateo",
    "Mei",
    "Mina",
    "Nadia",
    "Nikos",
    "Noor",
    "Olga",
    "Omar",
    "Paula",
    "Petra",
    "Priya",
    "Rafael",
    "Ravi",
    "Rosa",
    "Sami",
    "Sara",
    "Sofia",
    "Stefan",
    "Tariq",
    "Thabo",
    "Tomás",
    "Vera",
    "Wei",
    "Yara",
    "Yuki",
    "Zofia",
]
PEOPLE_LAST = [
    "Abebe",
    "Andersen",
    "Banerjee",
    "Becker",
    "Bianchi",
    "Castro",
    "Chen",
    "Costa",
    "Demir",
    "Dubois",
    "Eriksson",
    "Fernández",
    "Fischer",
    "García",
    "Haddad",
    "Hansen",
    "Horvat",
    "Ito",
    "Ivanova",
    "Janssen",
    "Kaya",
    "Khan",
    "Kim",
    "Kovács",
    "Lefèvre",
    "Lindqvist",
    "Mendes",
    "Moreau",
    "Müller",
    "Nakamura",
    "Ndlovu",
    "Nguyen",
    "Novak",
    "Okafor",
    "Oliveira",
    "Papadopoulos",
    "Patel",
    "Pereira",
    "Popescu",
    "Rossi",
    "Santos",
    "Sato",
    "Schmidt",
    "Silva",
    "Suzuki",
    "Tanaka",
    "Torres",
    "Vargas",
    "Virtanen",
    "Wójcik",
    "Yılmaz",
    "Zhang",
]
_LIGHT = ("Sunlit", "Quiet", "Bright", "Airy", "Calm", "Cosy", "Generous", "Handsome", "Unhurried", "Restored")
_HOME = (
    "loft",
    "flat",
    "studio",
    "townhouse",
    "garden flat",
    "top-floor flat",
    "maisonette",
    "courtyard house",
    "apartment",
)
_SPOT = {
    "city": (
        "near the old town",
        "by the market",
        "beside the park",
        "on a leafy street",
        "above a bakery",
        "by the museum",
    ),
    "coast": (
        "by the harbour",
        "near the beach",
        "above the quay",
        "with a view of the water",
        "behind the fish market",
    ),
    "hills": (
        "below the hill",
        "with a view of the hills",
        "by the river",
        "at the edge of the woods",
        "near the funicular",
    ),
    "desert": ("around a courtyard", "with a roof terrace", "by the old gate", "near the bazaar", "among palms"),
}
_HOTEL = (
    "Hotel {a}", "The {a} House", "{a} & Sons Hotel", "Hotel zum {a}", "Casa {a}", "The {a} Rooms", "{a} Guesthouse", "Grand {a}",
)  # fmt: skip
_THINGS = (
    "Almond", "Amber", "Anchor", "Atlas", "Aurora", "Birch", "Cedar", "Clover", "Compass", "Copper", "Fig", "Finch", "Garnet",
    "Harbour", "Heron", "Indigo", "Ivy", "Juniper", "Lantern", "Laurel", "Linden", "Lotus", "Magnolia", "Meridian", "Mimosa",
    "Myrtle", "Ochre", "Olive", "Orchard", "Poppy", "Quince", "Robin", "Saffron", "Sparrow", "Swan", "Tamarind", "Willow",
)  # fmt: skip
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
SERVICES = {
    "DOCTOR_SLOT": ("{a} Practice", "Consultation", "General consultation of twenty minutes, in person."),
    "SALON_CHAIR": ("{a} Hair", "Cut and finish", "A cut, a wash and an honest opinion."),
    "DESK": (
        "{a} Works",
        "Desk by the window",
        "A desk, a good chair, fast internet and coffee that deserves the name.",
    ),
    "MEETING_ROOM": ("{a} Works", "Meeting room for eight", "A quiet room with a screen, a whiteboard and daylight."),
    "PROFESSIONAL": (
        "{a} Photography",
        "Portrait session",
        "An hour at a place you like; twenty edited pictures within a week.",
    ),
    "TOUR": ("{a} Walks", "Old town on foot", "Three hours, five stops, one bite at each; at most ten people."),
}


def person(random: Random) -> tuple[str, str]:
    """First and last name of a demo-world guest or host."""
    return random.choice(PEOPLE_FIRST), random.choice(PEOPLE_LAST)


def home_name(random: Random, look: str, bedrooms: int) -> str:
    """Such as `Sunlit loft by the harbour`; without a bedroom of its own it is a studio."""
    home = random.choice(_HOME) if bedrooms else "studio"
    return f"{random.choice(_LIGHT)} {home} {random.choice(_SPOT[look])}"


def hotel_name(random: Random) -> str:
    """Such as `The Heron House`."""
    return random.choice(_HOTEL).format(a=random.choice(_THINGS))


def service(random: Random, kind: str) -> tuple[str, str, str]:
    """Property name, resource name and description of a place that sells hours or departures."""
    place, name, text = SERVICES[kind]
    return place.format(a=random.choice(_THINGS)), name, text


def room_types(random: Random) -> list[str]:
    """Two to four different rooms, from small to large."""
    return [_ROOMS[i] for i in sorted(random.sample(range(len(_ROOMS)), random.randint(2, 4)))]


def description(random: Random, name: str, what: str, look: str, city: str) -> str:
    """Three or four sentences."""
    light = random.choice(_LIGHT).lower()
    adjective = f"{'an' if light[0] in 'aeiou' else 'a'} {light}"
    opening = random.choice(_OPENING).format(
        Name=name, adj=adjective, Adj=adjective.capitalize(), what=what, spot=random.choice(_SPOT[look]), city=city
    )
    return " ".join([opening, *random.sample(_BODY, 2), random.choice(_CLOSE)])
