"""The work behind `run.py`: system packages, the virtual environment, and then umx-gui or its tests (stdlib only)."""
