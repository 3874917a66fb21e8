"""What `cardfile bench` runs."""

import sys

from cardfile_bench.program import main

if __name__ == "__main__":
    sys.exit(main())
