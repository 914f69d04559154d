"""A small registry with the contract of docs/registry.md, for a try-out and for tests."""
