"""Documents for paper as PDF: faces, the renderer behind a closed door, and what each one says."""
