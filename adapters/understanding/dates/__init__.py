"""Dates, times of day and recurrences, as they are said and as they are written."""
