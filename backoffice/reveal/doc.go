// Package reveal opens sealed data, and is the only way to it for people: it writes down
// who looked, in which role, at whose case, at which parts of it and what for, in a chain
// of its own, before it hands anything out.
//
// A case is opened in parts, so that nobody has to see more than the [Purpose] needs. A
// part is named after its table: "complaints" are the complaint's own sealed columns,
// "complainants" who complains, "notices" its letters, and [History] the reasons and
// changes in its journal. What is not named stays sealed.
//
// Every room has a Reveal of its own, with a grant of its own, that leads here ([Open]).
// What was opened is masked wherever it is printed, logged or encoded: see
// [privacy.Plain]. Each person whose data a look opened gets an [Access] on record;
// [Service] lists them.
package reveal
