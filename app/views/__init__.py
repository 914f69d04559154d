"""HTTP, forms, menus and messages; everything else is below."""
