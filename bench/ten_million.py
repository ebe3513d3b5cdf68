"""`python -m bench.ten_million`: the index with ten million listings, in process. Takes some ten minutes and 6 GB."""

import json

from bench.searching import measure

if __name__ == "__main__":
    print(json.dumps(measure(10_000_000, asked=500), indent=1))
