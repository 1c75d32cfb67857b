// Package page is how the example programs write what people would rather look at than
// read: one HTML file with tables and charts that needs nothing from the network.
//
// It is no part of the library.
package page
