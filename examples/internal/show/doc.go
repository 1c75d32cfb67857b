// Package show is what the example programs share: their flags, and how they print -
// sections, tables whose columns meet also where the text is Chinese, and the facts of a
// run as one line of JSON.
//
// It is no part of the library. A program that is made from an example prints in its own
// way and needs none of it.
package show
