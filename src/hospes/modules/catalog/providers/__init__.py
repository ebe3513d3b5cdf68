"""Libraries behind the catalogue's own words: where a coordinate lies, what a picture holds."""
