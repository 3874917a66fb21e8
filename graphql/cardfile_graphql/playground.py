"""The playground: one page without anything from elsewhere, to try documents and read the schema."""

import base64
import re
from hashlib import sha256
from importlib.resources import files

__all__ = ["PLAYGROUND", "PLAYGROUND_POLICY"]

PLAYGROUND: bytes = (files(__package__) / "playground.html").read_bytes()
"""The page."""


def _allowed(tag: str) -> str:
    """Return the policy's source for what stands between `<tag>` and `</tag>`: its hash, so that nothing else runs."""
    found = re.search(rf"<{tag}>(.*?)</{tag}>".encode(), PLAYGROUND, re.DOTALL)
    digest = sha256(found[1] if found else b"").digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


PLAYGROUND_POLICY: bytes = (
    f"default-src 'none'; script-src {_allowed('script')}; style-src {_allowed('style')}; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
).encode()
"""The content security policy of the page: its own script and style, and requests to its own server."""
