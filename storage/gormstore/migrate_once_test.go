package gormstore_test

import "testing"

// TestAMigrationIsNotedOnce: that no version can be noted twice is what keeps two processes
// from doing a migration twice, however they meet.
func TestAMigrationIsNotedOnce(t *testing.T) {
	t.Parallel()
	eachFresh(t, func(t *testing.T, h host) {
		if err := h.store(t).Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		const again = "INSERT INTO crm_schema (version_id, is_applied) SELECT version_id, is_applied FROM crm_schema WHERE version_id = 1"
		if _, err := h.sql.ExecContext(t.Context(), again); err == nil {
			t.Error("a migration was noted twice")
		}
	})
}
