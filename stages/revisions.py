"""The commit of a repository that many tasks read, so that they are pinned together."""

XTREME = "1ed4149b110f0edb04dac2aa44ee7e48d66b9b38"  # google/xtreme, its rows as parquet
