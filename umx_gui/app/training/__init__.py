"""Runs of the trainer, started and watched."""
