"""A widget for every kind of field."""
