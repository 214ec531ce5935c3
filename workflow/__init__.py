from workflow.transitions import IllegalTransition, locked

__all__ = ["IllegalTransition", "locked"]
