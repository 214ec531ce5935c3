"""Where the pages of the desk are."""

from newsletter.models import Issue


def desk_of(issue: Issue) -> str:
    return f"/nyhetsbrev/utskick/{issue.pk}/"
