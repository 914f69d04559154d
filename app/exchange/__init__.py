"""Spreadsheets in and out: one table of columns drives template, import, error report, export."""
