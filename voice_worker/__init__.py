"""voice_worker."""
