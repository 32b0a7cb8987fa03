"""Hearing the stems: the mix as pure functions, and a player whose sound device lives in a process of its own."""
