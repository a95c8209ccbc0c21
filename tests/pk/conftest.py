"""Lets the tests beside this file import `oracle` and `regimens`, whatever the import mode."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
