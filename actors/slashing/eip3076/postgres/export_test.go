package postgres

// URL is the connection string that a store was opened with.
func URL(s *Store) string { return s.pool.Config().ConnString() }
