"""Strips and meters."""
