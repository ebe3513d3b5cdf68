-- 0028_roles: the roles of people beyond guest, host and admin.

ALTER TABLE identity.role_grant
  DROP CONSTRAINT role_grant_role_check,
  ADD CONSTRAINT role_is_one_we_know
    CHECK (role IN ('guest', 'host', 'admin', 'professional', 'partner', 'premium'));
