"""Sessions as files: what was done to a song, kept, found again, and checked by making it anew."""
