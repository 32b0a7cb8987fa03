"""What `umx-gui` does without a window. Nothing here loads Qt."""
