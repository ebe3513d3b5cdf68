"""Pure rules: what coupons take off, which may be used, what drafts must say."""
