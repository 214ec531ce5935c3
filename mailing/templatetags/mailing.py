"""What the HTML of our e-mails needs beyond plain templates."""

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Nothing to see, but it takes the place after the preview line that inboxes would fill with the mail's first words.
# Combining grapheme joiner, zero-width non-joiner, no-break space.
PADDING = "&#847;&zwnj;&nbsp;" * 100


@register.simple_tag
def preview_padding() -> SafeString:
    return mark_safe(PADDING)  # noqa: S308 – our own
