"""What is counted about the index of this process, for Prometheus."""

from prometheus_client import Counter, Gauge

LISTINGS = Gauge("hospes_search_index_listings", "Listings in the index of this process.")
BYTES = Gauge("hospes_search_index_bytes", "Bytes of the index; of a snapshot, shared by all processes of a host.")
GENERATION = Gauge("hospes_search_index_generation", "Generation of the snapshot the index began with, 0 for none.")
STALENESS = Gauge("hospes_search_staleness_seconds", "Since when changes may be unknown to the index of this process.")
SNAPSHOT_AGE = Gauge("hospes_search_snapshot_age_seconds", "Age of the snapshot that the index began with.")
DRIFTED = Counter("hospes_search_drift_listings_total", "Listings that were not as in the database, then repaired.")
COMPARED = Counter("hospes_search_compared_listings_total", "Listings that were compared with the database.")
REPAIRS = Counter("hospes_search_repairs_total", "Times all, or what was missed, was read again.", ["reason"])
