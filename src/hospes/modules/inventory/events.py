"""What inventory publishes. Holds, bookings and blocks publish the spans they touch themselves."""

SCHEDULE_CHANGED = "schedule.changed"
"""Opening hours were written. The aggregate and `resource_id` are the resource."""

DEPARTURE_CHANGED = "departure.changed"
"""A departure was added, changed or cancelled. The aggregate and `resource_id` are the resource."""

CALENDAR_IMPORTED = "calendar.imported"
"""A feed of another site has changed what is free. The aggregate and `resource_id` are the resource; `arrival` and
`departure` are the first and the last day touched."""
