"""Speed, measured against peers or the raw limit in the same run. `make bench NAME=feed`."""
