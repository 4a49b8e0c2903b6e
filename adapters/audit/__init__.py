"""The auditor: everything that must be true of money, looked at from outside and with the right to read alone."""
