from workflow.transitions import DOUBLE_CLICK, Gone, IllegalTransition, in_long_turn, in_turn, locked

__all__ = ["DOUBLE_CLICK", "Gone", "IllegalTransition", "in_long_turn", "in_turn", "locked"]
