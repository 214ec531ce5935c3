"""What the floors above may listen to.

Sent inside the transaction of the deed, so a listener's change stands or falls with it.
"""

from django.dispatch import Signal

# Arguments: measurement (now verified), by (the coordinator).
measurement_verified = Signal()

# A measurement was corrected. Arguments: measurement (the old row), replacement (the new row, state reported), by.
# `measurement.state` tells whether the old one had been verified, and so whether claims may rest on it.
measurement_superseded = Signal()
