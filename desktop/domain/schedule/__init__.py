"""The schedule of a plan: what its lines say, the network they make, its critical path and slack (CTRL-6)."""
