"""canbo: themes, evidence and abstracts for Vietnamese articles on cadre work."""
