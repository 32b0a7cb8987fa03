"""From song to stems in the window: recipes, models, the filter desk, stretches of their own."""
