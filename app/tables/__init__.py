"""The tables, a file for each area; app.models gathers them."""
