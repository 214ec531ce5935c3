"""What the generic class-based views do here otherwise than Django's."""
