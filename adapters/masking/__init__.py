"""Takes personal data out of what was said, before anything else sees it."""

from adapters.masking.masker import Entity, Masked, Masker

__all__ = ["Entity", "Masked", "Masker"]
