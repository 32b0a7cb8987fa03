"""What the user sees and touches: widgets and views of sound."""
