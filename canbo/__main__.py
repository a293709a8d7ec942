"""``python -m canbo`` is ``canbo``."""

import sys

from canbo.cli import main

if __name__ == "__main__":
    sys.exit(main())
