"""Fixtures of the application's tests: a Qt core, recorded messages, private settings."""
