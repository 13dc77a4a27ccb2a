"""From drafts to releases: what differs is committed as the next release, and what was released is kept."""
