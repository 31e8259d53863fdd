"""`params.yaml`: its schema, its checks, its one reader; in no digest."""
