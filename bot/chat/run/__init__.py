"""The bot's life: started, watched, stopped."""
