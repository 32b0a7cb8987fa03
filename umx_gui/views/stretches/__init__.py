"""Stretches separated in their own way."""
