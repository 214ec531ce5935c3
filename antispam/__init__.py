"""What a form for anyone needs: it counts once though sent twice, and machines are asked a second question."""

from antispam.forms import TicketedForm

__all__ = ["TicketedForm"]
