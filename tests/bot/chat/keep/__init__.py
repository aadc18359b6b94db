"""Tests of `bot.chat.keep`."""
