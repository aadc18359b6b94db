"""Tests of `bot.chat.articles`."""
