"""What the tests stand on: databases, a browser, the structure rules. No test lives here."""
