"""The promises: workflows that wait, for seconds or days, until the right person has countersigned."""
