"""Music stem separation on the desktop: Open-Unmix made fast, exact and pleasant."""

import os

# OpenMP's spinning barriers make torch up to a hundred times slower as soon as another thread wants a core; the setting
# is read when torch is loaded, so it stands here, before anything of ours can import torch.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

__version__ = "0.1.0"
