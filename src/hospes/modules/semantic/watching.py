"""What `/metrics` tells of search by description."""

from prometheus_client import Counter, Gauge, Histogram

BEHIND = Gauge("hospes_semantic_behind_places", "Live places whose description is not embedded yet.")
ASKED = Counter("hospes_semantic_questions_total", "Questions by description, by what came of them.", ["outcome"])
SECONDS = Histogram(
    "hospes_semantic_question_seconds",
    "Time a question took: to be embedded (asked lately: none), and to be compared with what places say.",
    ["step"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
UP = Gauge("hospes_semantic_embedder_up", "Whether the process that embeds answered when last asked; NaN until then.")
UP.set(float("nan"))
