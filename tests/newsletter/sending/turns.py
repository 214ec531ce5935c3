"""What the tests of a turn count, and how they let time pass."""

from collections import Counter

from newsletter.models import Issue


def to(server) -> Counter[str]:
    return Counter(recipient for recipient, _content in server.kept)


def everybody(number: int) -> Counter[str]:
    return Counter({f"lasare{index}@example.org": 1 for index in range(number)})


def time_passes(issue: Issue) -> None:
    """What waits for another attempt may go."""
    issue.deliveries.filter(state="pending").update(not_before="2020-01-01T00:00:00Z")


def counts(issue: Issue) -> dict[str, int]:
    return {state: number for state, number in issue.deliveries.counts().items() if number}
