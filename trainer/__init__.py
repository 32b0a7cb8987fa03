"""Training and evaluating Open-Unmix models: `umx-trainer`."""
