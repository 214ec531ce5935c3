"""What owners of pictures listen to. Sent after the transaction, with `picture=`; a listener's failure is logged."""

from django.dispatch import Signal

picture_ready = Signal()
picture_rejected = Signal()
