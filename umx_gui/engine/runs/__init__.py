"""A training run as the folder it leaves: what it holds, and its history."""
