from workflow.transitions import DOUBLE_CLICK, IllegalTransition, in_turn, locked

__all__ = ["DOUBLE_CLICK", "IllegalTransition", "in_turn", "locked"]
