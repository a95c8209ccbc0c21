"""The scopes of keys: what a key may do. Each one is asked for by at least one operation; no other can be issued."""

from collections.abc import Mapping
from types import MappingProxyType

WRITE, READ = "batch:write", "batch:read"

SCOPES: Mapping[str, str] = MappingProxyType(
    {
        WRITE: "submit jobs, cancel them and delete them",
        READ: "list the jobs of this key, follow them and fetch their results",
    }
)
"""What each scope opens, in words for operators. A key sees only its own jobs, whatever its scopes."""
