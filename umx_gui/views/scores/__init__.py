"""The open song, scored."""
