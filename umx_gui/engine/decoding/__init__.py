"""From any file to samples: what the file is, who can read it, and the child process that does."""
