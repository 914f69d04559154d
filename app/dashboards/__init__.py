"""The numbers of the home pages, one file per role."""
