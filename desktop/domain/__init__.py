"""What the policy says, in plain Python: the standard library is all it knows."""
