"""What this part tells those who stand on it."""

from django.dispatch import Signal

# Sent inside the transaction of the acceptance, with `invitation` and `user`: what an invitation gives besides the
# account, such as a place in a lab, is given by whoever owns it.
invitation_accepted = Signal()
