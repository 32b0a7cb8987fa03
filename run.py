#!/usr/bin/env python3
"""The one command: `python3 run.py [FILES ...]` opens umx-gui, `python3 run.py test [...]` runs its tests.

The first time it makes a virtual environment in .venv and installs everything there; later it starts at once. It also
looks for the system libraries a window needs, and on Debian and Ubuntu offers to install them. Before anything else:

    --cpu   take PyTorch from its index without CUDA (far smaller; for computers without an NVIDIA card)
    --yes   install missing system packages without asking

All else goes to umx-gui (`python3 run.py separate song.mp3`) or, after `test`, to pytest.
"""

# This file keeps to a syntax that any old Python reads, so that it gets as far as the sentence that refuses it.
import sys

if sys.version_info < (3, 10):
    sys.exit(
        "umx-gui needs Python 3.10 or newer; this is Python %d.%d. Try: python3.11 run.py" % tuple(sys.version_info[:2])
    )

from scripts.launcher.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
