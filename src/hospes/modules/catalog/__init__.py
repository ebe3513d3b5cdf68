"""Who sells what and where: businesses, properties, resources, units, photos. Knows no price, no date, no guest."""
