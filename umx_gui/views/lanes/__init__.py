"""Views of sound: waveforms and spectrograms over time, and what is done on them."""
