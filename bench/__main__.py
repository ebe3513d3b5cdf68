"""`python -m bench`, from the project's folder: the same as `hospes bench`."""

import sys

from bench.cli import main

if __name__ == "__main__":
    main(sys.argv[1:])
