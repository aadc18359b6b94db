"""Tests of `bot.chat.run`."""
