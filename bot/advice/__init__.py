"""The engine: decides what to ask and what to advise, with the standard library alone."""
