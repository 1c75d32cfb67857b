package house_test

// floor is a group of packages that may import the same things. A package
// stands on the first floor of the table whose patterns match its path within
// the module; "x/..." matches x and everything under it, "" is the root.
type floor struct {
	name     string
	packages []string
	// below names the floors whose packages it may import.
	below []string
	// apart keeps the packages of different patterns from importing each other.
	apart bool
	// away lists foreign packages that must not be reached, however indirectly.
	away []string
	// reason completes "… because".
	reason string
}

// rooms hold the knowledge of insurance, one process each.
var rooms = []string{"customer/...", "policy/...", "claim/...", "complaint/...", "member/...", "survey/..."}

// drivers are what only a program that really uses the database should link.
var drivers = []string{
	"github.com/mattn/go-sqlite3/...", "modernc.org/...", "github.com/glebarez/...",
	"github.com/jackc/pgx/...", "gorm.io/driver/...",
}

var database = append([]string{"gorm.io/..."}, drivers...)

// floors is the house from top to bottom.
var floors = []floor{
	{
		name: "roof", packages: []string{""},
		below:  []string{"rooms", "engine", "backoffice", "task", "reveal", "journal", "command", "seam", "kernel"},
		away:   append([]string{"testing"}, database...),
		reason: "a host chooses its store by the package that it imports; the root brings none of its own",
	},
	{
		name: "rooms", packages: rooms, apart: true,
		below: []string{"engine", "backoffice", "task", "reveal", "journal", "command", "seam", "kernel"},
		away:  append([]string{"testing"}, database...),
		reason: "a room names foreign records by kernel.Ref and declares the interfaces that it needs, " +
			"so that a host can bring its own neighbour; crm.go joins them",
	},
	{
		name: "engine", packages: []string{"internal/engine/..."},
		below:  []string{"task", "reveal", "journal", "command", "seam", "kernel"},
		away:   append([]string{"testing"}, database...),
		reason: "the pipeline treats all records alike and knows none of them",
	},
	{
		// Commands and the engine need the journal and nothing else of the back
		// office, hence a floor of its own.
		name: "journal", packages: []string{"backoffice/journal/..."},
		below:  []string{"seam", "kernel"},
		away:   append([]string{"testing"}, database...),
		reason: "everything that writes is written to the journal, so it can stand on nothing that writes",
	},
	{
		// Tasks are opened like everything else.
		name: "reveal", packages: []string{"backoffice/reveal/..."},
		below:  []string{"journal", "command", "seam", "kernel"},
		away:   append([]string{"testing"}, database...),
		reason: "whatever is opened is opened by it, so it can stand on nothing that is",
	},
	{
		// The engine keeps the deadlines of every case.
		name: "task", packages: []string{"backoffice/task/..."},
		below:  []string{"reveal", "journal", "command", "seam", "kernel"},
		away:   append([]string{"testing"}, database...),
		reason: "every command opens and meets tasks, so it can stand on no room and nothing else of the back office",
	},
	{
		name: "backoffice", packages: []string{"backoffice/..."},
		below: []string{"task", "reveal", "journal", "command", "seam", "kernel"},
		away:  append([]string{"testing"}, database...),
		reason: "every room works with it, so it knows no room; its own commands run through the interface " +
			"of internal/command, so it does not know the engine",
	},
	{
		name: "command", packages: []string{"internal/command/..."},
		below:  []string{"journal", "seam", "kernel"},
		away:   append([]string{"testing"}, database...),
		reason: "it only declares what a command is, for those who write commands and the engine that runs them",
	},
	{
		name: "seam", packages: []string{"storage"},
		below:  []string{"kernel"},
		away:   append([]string{"testing"}, database...),
		reason: "another store must be a day's work: the seam knows no store",
	},
	{
		name: "test support", packages: []string{"storage/storagetest/..."},
		below:  []string{"stores", "seam", "kernel"},
		reason: "the suite checks any store, also one that has never seen a claim",
	},
	{
		name: "stores", packages: []string{"storage/..."},
		below:  []string{"seam", "kernel"},
		away:   []string{"testing"},
		reason: "a store moves rows; what they mean is decided above it",
	},
	{
		name: "kernel", packages: []string{"kernel/..."},
		away:   append([]string{"testing", "database/sql"}, database...),
		reason: "words and rules of the ground floor know neither storage nor any insurance process",
	},
	{
		// Programs, tools and helpers for tests stand beside the house: they may
		// import everything, and no floor may import them.
		name: "workshop", packages: []string{"examples/...", "crmtest/...", "docs/...", "cmd/...", "internal/..."},
		below:  []string{"roof", "rooms", "engine", "backoffice", "task", "reveal", "journal", "command", "seam", "test support", "stores", "kernel"},
		reason: "nothing of it may end up in a host's program by way of the library",
	},
}

// reserved is an import that only some packages may name directly.
type reserved struct {
	imports, only []string
	reason        string
}

var reserves = []reserved{
	{
		imports: []string{"github.com/looplab/fsm/..."}, only: []string{"kernel/workflow"},
		reason: "its edges (overwritten rows, wedged machines, errors after the move) are dealt with in one place",
	},
	{
		imports: drivers, only: []string{"storage/sqlite/...", "storage/postgres/...", "storage/storagetest/...", "examples/..."},
		reason: "a host links the one driver that it uses",
	},
	{
		imports: []string{"gorm.io/gorm/..."},
		only:    []string{"storage/gormstore/...", "storage/sqlite/...", "storage/postgres/...", "examples/..."},
		reason:  "stores other than GORM's are equal, so nothing else may lean on it",
	},
	{
		imports: []string{"testing/...", "pgregory.net/rapid/...", "github.com/google/go-cmp/..."},
		only:    []string{"crmtest/...", "storage/storagetest/...", "examples/...", "internal/matrix/...", "internal/torture/..."},
		reason:  "a test library in production code registers flags in the host's program and grows it",
	},
}

// clockFile is the only place that reads the machine's clock to know what time it is.
const clockFile = "kernel/clock.go"

// stopwatches read it to know how long something has lasted, and store no time.
var stopwatches = []string{"storage/gormstore/batch.go", "storage/gormstore/group.go"}

const clockReason = "one reading per unit of work comes from kernel.Clock, so that tests and replays can set the time"
