"""What the floors above may listen to. Sent inside the transaction of the deed."""

from django.dispatch import Signal

# Arguments: revision (now published), method, by (the coordinator), first (whether the method was new to the public).
revision_published = Signal()

# Arguments: revision (now withdrawn), method, by.
revision_withdrawn = Signal()

# Arguments: method, before (the phase it left), by.
phase_changed = Signal()
