"""`python -m umx_gui` is `umx-gui`."""

import sys

from umx_gui.cli import main

sys.exit(main())
