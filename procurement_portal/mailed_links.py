"""How often we mail a link to an address that somebody only says is theirs."""

from antispam.limits import within
from procurement_portal.models.no_more_tips import mark_of

DAY = 24 * 3600
AN_ADDRESS_A_DAY = 3
A_NETWORK_AN_HOUR = 10


def may_be_mailed(kind: str, to: str, network: str) -> bool:
    """Count one more link of this kind; whether the address and the network are still within what they get."""
    # Somebody else's inbox: what cannot be counted is not mailed.
    return within(f"{kind}-network", network or "unknown", most=A_NETWORK_AN_HOUR, uncounted=False) and within(
        f"{kind}-address", mark_of(to), most=AN_ADDRESS_A_DAY, seconds=DAY, uncounted=False
    )
