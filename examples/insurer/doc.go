// Command insurer lives through years of a synthetic insurer.
package main
