from overview.views.feed import Feed
from overview.views.goals import GoalBoard
from overview.views.home import Home

__all__ = ["Feed", "GoalBoard", "Home"]
