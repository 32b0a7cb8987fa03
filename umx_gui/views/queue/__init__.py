"""The queue's window."""
