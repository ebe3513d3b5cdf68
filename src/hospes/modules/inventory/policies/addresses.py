"""Which addresses of the internet may be asked for a calendar: those anybody could reach, never ones of our network."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

# What the library counts as global in some releases, or what carries another address inside.
_REFUSED = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def is_public(address: str) -> bool:
    """Whether this IPv4 or IPv6 address is one of the public internet; False for anything that is no address."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.scope_id is not None or found not in _GLOBAL_UNICAST:
            return False
    if not found.is_global or found.is_multicast or found.is_private:
        return False
    return not any(found in network for network in _REFUSED if network.version == found.version)
