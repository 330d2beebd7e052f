package eth2

// IsJSON reports whether the decoder takes body for JSON.
func IsJSON(body []byte) bool {
	_, err := parseJSON(body)
	return err == nil
}
