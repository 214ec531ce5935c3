from collation.swedish import SwedishOrder

__all__ = ["SwedishOrder"]
