from workflow.transitions import IllegalTransition, in_turn, locked

__all__ = ["IllegalTransition", "in_turn", "locked"]
