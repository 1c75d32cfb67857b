package kernel

// Intake says how a file of rows from outside, by the hundred thousand, is brought in.
// Its zero value will do.
type Intake struct {
	Unit  int  // rows that are stored all or none, 1 to [MaxUnit]; 0: [DefaultUnit]
	Whole bool // the whole file is stored all or none; more than [MaxUnit] rows are refused

	// Done is told of each row once it is safe in the database: its place in the file,
	// counted from 0, and the key of its record. again says that an earlier run had
	// stored it. It may be nil.
	Done func(row int, id ID, again bool)
}

// Rows that one unit of work takes: more bring little but a longer wait for others.
const (
	DefaultUnit = 2500
	MaxUnit     = 5000
)

// MaxFaults bounds how many faults an [IntakeReport] names, so that a file in which every
// row is wrong does not fill memory.
const MaxFaults = 1000

// IntakeReport says what became of a file: Read is Stored, Again and Refused together.
// Rows have their place in the file, counted from 0.
type IntakeReport struct {
	Read    int // rows that were looked at
	Stored  int // now
	Again   int // an earlier run had stored the same row under the same key
	Refused int // not stored: at fault, or in one unit with a row that is

	// Faults are what is wrong, as "rows[16].document.number"; the first [MaxFaults]. More
	// is how many are not named.
	Faults []Fault
	More   int
}

// Err returns the faults as [FieldErrors], or nil when no row was refused.
func (r *IntakeReport) Err() error {
	if len(r.Faults) == 0 {
		return nil
	}
	return &FieldErrors{Faults: r.Faults}
}

// Check notes what is wrong with the settings.
func (in Intake) Check(f *FieldErrors) {
	if in.Unit < 0 || in.Unit > MaxUnit {
		f.Add("unit", "range", "between 1 and %d rows, or 0", MaxUnit)
	}
}
