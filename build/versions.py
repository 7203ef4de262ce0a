"""The versions of Python that this project runs on (readable by any Python 3); the same as in pyproject.toml."""

OLDEST = (3, 11)
NEWEST = (3, 13)
