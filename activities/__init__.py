"""What workflows have done for them: classes over ports, one file per concern. No I/O library is imported here."""
