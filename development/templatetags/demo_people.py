from django import template

from accounts.models import User

register = template.Library()


@register.simple_tag
def demo_people() -> list[User]:
    """The people of the demo content: coordinators first, then the labs' people with `memberships` at hand."""
    people = User.objects.demo().prefetch_related("memberships__lab")
    return sorted(people.alphabetical(), key=lambda person: not person.is_coordinator)
