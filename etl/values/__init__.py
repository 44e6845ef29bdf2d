"""What a published string says: amounts, dates, coordinates, units, places, words. Pure."""
