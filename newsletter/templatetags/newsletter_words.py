from django import template

from newsletter import mail_reply

register = template.Library()


@register.filter
def told(words: str) -> str:
    """What became of a mail, as people read it: `{{ delivery.smtp_reply|told }}`."""
    return mail_reply.told(words)
