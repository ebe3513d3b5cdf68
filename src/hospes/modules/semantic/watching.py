"""What `/metrics` tells of search by description."""

from prometheus_client import Counter, Gauge

BEHIND = Gauge("hospes_semantic_behind_places", "Live places whose description is not embedded as it is.")
WRITTEN = Counter("hospes_semantic_embedded_places_total", "Places whose description was embedded.")
ASKED = Counter("hospes_semantic_questions_total", "Questions by description, by what came of them.", ["outcome"])
