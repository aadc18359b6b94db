"""Tests of `bot.chat.ask`."""
