"""Rewriting the sentences of an abstract: rules say what is safe, a model chooses among it."""
