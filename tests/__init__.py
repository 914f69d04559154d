"""The tests: a mirror of app/, plus journeys, browser tests and the structure tests."""
