"""What all windows are made of: theme, controls, dialogs, words and numbers."""
