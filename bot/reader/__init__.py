"""Readers: retrieved passages in, candidate answers out."""
