// Package rulebook turns statutory rules into due dates.
package rulebook
