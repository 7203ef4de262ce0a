"""One function per office job, and the queries that the screen reads."""
