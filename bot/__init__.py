"""Questions in, answers out: reading, citing, and the front ends."""

__version__ = "0.1.0"
