"""Tests of `bot.chat.admin`."""
