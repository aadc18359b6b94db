"""A small internet on loopback: names, addresses, and servers that try every trick on their visitors."""

from .web import Connection, Seen, Web, reply

__all__ = ["Connection", "Seen", "Web", "reply"]
