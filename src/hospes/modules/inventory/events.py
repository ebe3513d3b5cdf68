"""What inventory publishes. Holds, bookings and blocks publish the spans they touch themselves."""

SCHEDULE_CHANGED = "schedule.changed"
"""Opening hours were written. The aggregate and `resource_id` are the resource."""

DEPARTURE_CHANGED = "departure.changed"
"""A departure was added, changed or cancelled. The aggregate and `resource_id` are the resource."""

CALENDAR_IMPORTED = "calendar.imported"
"""A feed of another site has changed what is free. The aggregate and `resource_id` are the resource; `arrival` and
`departure` are the first and the last day touched."""

ROOMS_CHANGED = "rooms.changed"
"""A room went out of service or came back, or overbooking was set: another number of rooms is on sale. The aggregate
and `resource_id` are the resource; nights [`arrival`, `departure`)."""

ROOMS_ASSIGNED = "rooms.assigned"
"""Stays got their rooms, or other ones. The aggregate and `resource_id` are the resource; `claims` lists the stays."""
