"""temporal_worker."""
