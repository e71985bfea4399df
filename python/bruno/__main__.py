"""The command line `bruno`, and what the package starts itself with to run builds of a model in a process of their own."""

import os
import sys

if __name__ == "__main__" and not __package__:
    # Started by its path: the package lies beside this folder, wherever the caller found it.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from bruno import _bruno


def main() -> int:
    """Runs the command line; gives its exit code."""
    return _bruno.main(["bruno", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
