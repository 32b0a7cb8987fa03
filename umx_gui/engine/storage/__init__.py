"""Files that are old or new and never half, sets of them, and the scratch file of a song."""
