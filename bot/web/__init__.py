"""The web: everything that answers over HTTP."""
