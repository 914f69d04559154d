"""The closed vocabularies, a file for each area; app.enums gathers them."""
