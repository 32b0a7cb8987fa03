"""The export dialog, and dragging out."""
