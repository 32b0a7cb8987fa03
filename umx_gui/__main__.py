"""`python -m umx_gui` is `umx-gui`."""

import os
import sys

# With -m the working folder comes first: a numpy.py among the user's songs would be taken for NumPy. (No pathlib yet,
# which would itself be looked for there.)
try:
    _here = os.getcwd()  # noqa: PTH109
except OSError:  # it was deleted
    _here = ""
if sys.path[0] in ("", _here) and not __file__.startswith(os.path.join(_here, "umx_gui", "")):  # noqa: PTH118
    del sys.path[0]

from umx_gui.cli import main

if __name__ == "__main__":
    sys.exit(main())
