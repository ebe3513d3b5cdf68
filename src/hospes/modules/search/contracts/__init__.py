"""Search's words: what may be asked, what the index is filled with, what it finds and what people see."""

from hospes.modules.search.contracts.asking import Box as Box
from hospes.modules.search.contracts.asking import Find as Find
from hospes.modules.search.contracts.asking import Flexible as Flexible
from hospes.modules.search.contracts.asking import Hours as Hours
from hospes.modules.search.contracts.asking import Per as Per
from hospes.modules.search.contracts.asking import Query as Query
from hospes.modules.search.contracts.asking import Sort as Sort
from hospes.modules.search.contracts.found import Bar as Bar
from hospes.modules.search.contracts.found import Cluster as Cluster
from hospes.modules.search.contracts.found import Facets as Facets
from hospes.modules.search.contracts.found import Found as Found
from hospes.modules.search.contracts.found import Hit as Hit
from hospes.modules.search.contracts.found import World as World
from hospes.modules.search.contracts.likeness import Likeness as Likeness
from hospes.modules.search.contracts.listing import ORIGIN as ORIGIN
from hospes.modules.search.contracts.listing import Diary as Diary
from hospes.modules.search.contracts.listing import Listing as Listing
from hospes.modules.search.contracts.listing import Mode as Mode
from hospes.modules.search.contracts.listing import Rounds as Rounds
from hospes.modules.search.contracts.listing import Sailing as Sailing
from hospes.modules.search.contracts.listing import Tariff as Tariff
from hospes.modules.search.contracts.shown import Item as Item
from hospes.modules.search.contracts.shown import Place as Place
from hospes.modules.search.contracts.shown import Results as Results
