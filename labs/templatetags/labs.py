"""`{% load labs %}`: charts of goals."""

from django import template
from django.utils.safestring import SafeString

from labs import charts
from labs.models import Goal

register = template.Library()


@register.simple_tag
def goal_chart(goal: Goal, public: bool = True) -> SafeString:
    """The goal's chart with source and table, as the public may see it unless `public=False`."""
    return charts.goal_chart(goal, public=public)


@register.simple_tag
def progress_line(goal: Goal, public: bool = False) -> SafeString:
    """Baseline → now → target on one line."""
    return charts.progress_line(goal, public=public)


@register.simple_tag
def progress_of(goal: Goal, public: bool = True) -> object:
    """The goal's `Progress`: `{% progress_of goal as progress %}`."""
    return goal.progress(public=public)
