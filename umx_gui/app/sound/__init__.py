"""Playing: transport, mix, loudness, outputs."""
