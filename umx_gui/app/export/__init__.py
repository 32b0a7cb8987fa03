"""What is written of the open song."""
