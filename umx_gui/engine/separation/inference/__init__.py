"""How a model is evaluated on a song of any length: folded layers, chunks with carried states, windows, workers."""
