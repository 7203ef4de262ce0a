"""The stories are told in the same office as the services' tests."""

from tests.services.conftest import world, world_url

__all__ = ["world", "world_url"]
