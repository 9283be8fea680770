"""`python -m csm`. Does not: differ from `csm`."""

import sys

from csm.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
