"""Whole songs, from their files to the files of their stems."""
