"""Clients of the bank's own HTTP edges, for its other processes."""
