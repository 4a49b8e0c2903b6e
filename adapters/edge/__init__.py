"""What every HTTP edge of the bank shares: problem details, bearer tokens, exact numbers."""
