"""Articles from the web: only from links that a person named, and never from the operator's own network."""
