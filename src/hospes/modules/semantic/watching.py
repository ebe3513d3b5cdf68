"""What `/metrics` tells of search by description."""

from prometheus_client import Counter, Gauge

BEHIND = Gauge("hospes_semantic_behind_places", "Live places whose description is not embedded yet.")
ASKED = Counter("hospes_semantic_questions_total", "Questions by description, by what came of them.", ["outcome"])
