"""`/articles`: a server's own articles."""
