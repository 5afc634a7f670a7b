"""The command ``createaccount``, also as ``python -m createaccount``. Its dependencies come with the extra ``cli``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command, and return its exit status."""
    try:
        from createaccount.cli.main import main as run  # noqa: PLC0415  needs the extra
    except ModuleNotFoundError as error:
        if (error.name or "createaccount").startswith("createaccount"):
            raise
        sys.stderr.write("The command needs a few more packages: pip install 'createaccount[cli]'\n")
        return 2
    return run()


if __name__ == "__main__":
    sys.exit(main())
