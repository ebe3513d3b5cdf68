"""Places by their names, for the rest of search (`naming/places.py`)."""

from hospes.modules.search.naming.places import LONGEST as LONGEST
from hospes.modules.search.naming.places import country_name as country_name
from hospes.modules.search.naming.places import find_places as find_places
from hospes.modules.search.naming.places import fold as fold
from hospes.modules.search.naming.places import largest_in as largest_in
from hospes.modules.search.naming.places import open_places as open_places
