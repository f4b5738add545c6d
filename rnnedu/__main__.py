"""Run the command line: `python -m rnnedu`."""

import sys

from rnnedu.cli import main

if __name__ == "__main__":
    sys.exit(main())
