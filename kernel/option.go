package kernel

// Option qualifies one command; see [Key], [IfVersion] and [DryRun].
type Option func(*Options)

// Options is what a list of [Option] says.
type Options struct {
	Key       string // idempotency key; empty: none
	IfVersion int64  // 0: whatever the version is
	DryRun    bool
}

// OptionsOf gathers opts; of two that contradict, the later holds, and nil says
// nothing. A key longer than [MaxRef] bytes or with control characters and a
// version below 1 are [FieldErrors].
func OptionsOf(opts []Option) (Options, error) {
	var o Options
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	var f FieldErrors
	if o.Key != "" {
		CheckRef(&f, "key", Ref(o.Key))
	}
	if o.IfVersion < 0 {
		f.Add("ifVersion", "range", "a version is 1 or more")
	}
	return o, f.Err()
}

// Key makes a command safe to retry. A key of 1 to [MaxRef] bytes is unique for
// tenant and command: the same input again changes nothing and returns the
// record, marked replayed; other input is [ErrKeyReused]. An empty key is none.
func Key(key string) Option { return func(o *Options) { o.Key = key } }

// IfVersion refuses the command with [ErrConflict] unless the record still has
// this version. Versions begin with 1; the 0 of a record that was never read is
// [ErrInvalid].
func IfVersion(v int64) Option {
	if v == 0 {
		v = -1 // in Options, 0 would mean that nobody asked
	}
	return func(o *Options) { o.IfVersion = v }
}

// DryRun does everything and then takes it back: the answer, or the error, is
// that of the real command.
func DryRun() Option { return func(o *Options) { o.DryRun = true } }
