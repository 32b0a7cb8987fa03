"""Models: their networks and files, where they are found, how they arrive, and how they are checked."""
