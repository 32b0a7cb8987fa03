"""The song in the window: opening, its stems, what lanes draw."""
