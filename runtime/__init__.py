"""Settings, wiring, telemetry and the local servers: the only place where everything meets."""
