"""What is shown, said: figures, dates and masked numbers as words for the ear."""
