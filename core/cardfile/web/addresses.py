"""Where a request comes from: proxies are believed only when the installation names them."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from cardfile.errors import SettingsError

__all__ = ["TrustedProxies"]


class TrustedProxies:
    """The addresses and networks whose X-Forwarded-For is believed."""

    def __init__(self, given: Iterable[str]) -> None:
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(_network(one) for one in given)

    def address(self, peer: str, forwarded: str) -> str:
        """Return the client's address: the last one in `forwarded` that is no proxy of ours."""
        if not self._networks or not forwarded or not self._trusts(peer):
            return peer
        nearest = peer
        for one in reversed(forwarded.split(",")[-20:]):
            try:
                nearest = str(ip_address(one.strip()))
            except ValueError:
                return nearest
            if not self._trusts(nearest):
                return nearest
        return nearest

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise SettingsError(
            f"trusted_proxies: {text!r} is no address or network; right ones look like 10.0.0.1 or 10.0.0.0/8"
        ) from None
