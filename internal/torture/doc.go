// Package torture is where the library is mistreated: processes are killed while they
// write, logs are cut, drivers fail at every call, many callers want the same thing, and
// journals are forged. Its tests say what must hold all the same; docs/reliability.md says
// it for people.
//
// What the package itself holds is shared by the tests of the module: how often the long
// ones go round, where their chance comes from, and a tap on the database's driver.
//
//	go test ./internal/torture              a short round of each, as part of all tests
//	CRM_SOAK=1 go test ./internal/torture   the long ones: make soak
//	CRM_SEED=7 go test ./internal/torture   the same chance once more
package torture
