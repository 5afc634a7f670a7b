"""Says what to run instead, where the package is not installed."""

import sys
from importlib.util import find_spec

if not all(map(find_spec, ("createaccount", "createaccount_testwiki"))):
    sys.exit("createaccount-testwiki is not installed: run `make test SECTION=test_wiki`, which installs it")
