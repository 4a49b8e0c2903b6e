"""Temporal from outside the workflows: the client, the payload codec, and gateways that speak in domain terms."""
