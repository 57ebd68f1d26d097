"""The web edge: shoppers' pages, the bank's callbacks, delivery reports, health."""
