"""What lies beside the columns of the index: prices, calendars of units, hours, departures, rules and texts by row."""
