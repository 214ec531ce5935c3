from django import template

from newsletter import wording

register = template.Library()


@register.filter
def told(words: str) -> str:
    """What became of a mail, as people read it: `{{ delivery.smtp_reply|told }}`."""
    return wording.told(words)
