"""A model that rewrites the sentences of an abstract, and what makes sure that it may."""
