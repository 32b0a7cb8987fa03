"""Sessions as files: saving, opening, autosaving, recovery."""
