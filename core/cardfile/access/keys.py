"""Secrets that open the door: how they are made, and what is kept of them."""

import secrets
from hashlib import sha256
from typing import Final

__all__ = ["SESSION", "TOKEN", "digest", "new_key"]

SESSION: Final = "cfs_"
"""How the token of a session begins."""

TOKEN: Final = "cft_"
"""How an API token begins: search tools find a leaked one by it."""


def new_key(prefix: str) -> str:
    """Return a new secret of 256 random bits behind `prefix`."""
    return prefix + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """Return what is kept of a secret: its SHA-256 in hexadecimal digits."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
