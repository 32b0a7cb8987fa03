"""Stems to files: formats, plans, covers, and sets of files that appear together."""
