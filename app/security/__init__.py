"""Who acts, what they may do, which rows they see, and how secrets are kept."""
