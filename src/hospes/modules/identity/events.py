"""Facts about accounts. The aggregate is the user id; `data` carries `user_id` and what is named here."""

REGISTERED = "user.registered"  # email, first_name, source: "web" | "api"; referral and origin if there are any
ROLE_GRANTED = "user.role_granted"  # role
PROFILE_CHANGED = "user.profile_changed"  # fields: names of what changed
