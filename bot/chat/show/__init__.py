"""Answers and articles as Discord shows them."""
