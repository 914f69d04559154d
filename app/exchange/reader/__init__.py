"""The program that opens a stranger's spreadsheet; it imports nothing of the application."""
