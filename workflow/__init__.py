from workflow.transitions import DOUBLE_CLICK, Gone, IllegalTransition, in_turn, locked

__all__ = ["DOUBLE_CLICK", "Gone", "IllegalTransition", "in_turn", "locked"]
