"""What every module stands on: database, events, jobs, errors, money, time, settings. Knows no business word."""
