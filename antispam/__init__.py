"""What a form for anyone needs: it counts once though sent twice, asks machines again, and has limits."""

from antispam.forms import TicketedForm

__all__ = ["TicketedForm"]
