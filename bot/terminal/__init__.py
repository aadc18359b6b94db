"""The terminal front end: the commands and the REPL over the same `Answerer` as Discord."""
