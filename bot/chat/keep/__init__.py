"""What is kept of servers: their articles, answers and feedback."""
