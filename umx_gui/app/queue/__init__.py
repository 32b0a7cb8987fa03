"""Many songs, one after another: jobs, their file, their work."""
