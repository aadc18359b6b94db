"""Tests of `bot.chat.show`."""
