"""Checking a whole office's data: schema, chain, state against the journal, hashes of contents and files."""

from __future__ import annotations

from desktop.store.verify.anchors import Anchors
from desktop.store.verify.finding import Finding
from desktop.store.verify.whole import verify

__all__ = ["Anchors", "Finding", "verify"]
