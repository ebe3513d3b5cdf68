"""What is counted about the names of this process, for Prometheus."""

from prometheus_client import Counter, Gauge

PROPERTIES = Gauge("hospes_search_names_properties", "Properties that had a name when all were read.")
BYTES = Gauge("hospes_search_names_bytes", "Bytes of these names; of a file, shared by all processes of a host.")
CHANGED = Gauge("hospes_search_names_changed", "Properties that have changed since all names were read.")
WAITING = Gauge("hospes_search_names_events_waiting", "Events of names that have been heard and not yet read.")
GENERATION = Gauge("hospes_search_names_generation", "Generation of the file that names came from, 0 for none.")
AGE = Gauge("hospes_search_names_age_seconds", "Since when names have not all been read.")
REBUILDS = Counter("hospes_search_names_rebuilds_total", "Times this process has had all names read anew.", ["reason"])
COMPARED = Counter("hospes_search_names_compared_total", "Names that were compared with the database.")
DRIFTED = Counter("hospes_search_names_drift_total", "Names that were not as in the database, then repaired.")
