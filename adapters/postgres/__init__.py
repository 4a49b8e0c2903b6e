"""Postgres: the ledger and everything else that must survive."""
