// Package number gives business numbers: of policies, claims, customers. By default a
// counter for each kind and year counts on in the command's own transaction, so
// numbers have no duplicates from any number of processes, and no gaps.
package number
