//go:build !unix

package pgtest

// start needs Unix sockets and a shell; elsewhere CRM_TEST_POSTGRES is the way.
func start([]string) (*server, error) { return nil, errMissing }
