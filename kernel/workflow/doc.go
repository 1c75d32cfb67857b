// Package workflow turns a table of rows into a state machine.
//
// A room of the library writes down what may happen to its records as data: the
// states with their [Class], and one [Row] for every event with the states it
// starts from, the state it leads to, who may give it, which guards are asked
// and how it is called in English and Chinese. [New] checks the table and finds
// every fault at once; the [Machine] it returns then answers all questions about
// the workflow from that one place:
//
//   - [Machine.Create], [Machine.CreateIn] and [Machine.Fire] decide,
//   - [Machine.Moves] tells a user what is possible now, and why the rest is not,
//   - [Machine.Mermaid] draws the diagram, [Machine.Rows] feeds the handbook.
//
// The words:
//
//   - An event that creates a subject has no state to start from ("-" in the
//     specifications); its row says Create.
//   - A note is a row without a destination: it keeps the state.
//   - "Any open" means every state of class [Open] or [Waiting].
//   - A state of class [Ended] is left only by a row that says Reopens.
//   - A guard is a named question that the caller answers, such as "the three
//     checks passed". Guards are asked in the row's order until one objects.
//
// A machine holds no record and changes nothing outside itself: it takes the
// stored state and gives back the next one, and the caller saves it. It is safe
// for use by many goroutines at once. Rows are interpreted by looplab/fsm.
package workflow
