// Package identity checks what identifies and reaches a customer in mainland
// China - document numbers, unified social credit codes, phone numbers, email
// addresses - and brings each into the one normal form under which it is stored,
// compared and found.
//
// Every check is a pure function of its arguments. It forgives what people and
// spreadsheets do without changing the meaning - blanks around the value,
// full-width digits and letters, lower case where only upper case exists - and
// refuses the rest with an [*Error]: a stable code for programs and a sentence
// for people. Neither the code nor the sentence ever repeats the value.
// A normal form is a fixed point: checked again, it comes back unchanged.
//
// That a number passes says that it is well formed, not that it was issued or
// that it belongs to the person: verification is a step of its own.
//
// Phone numbers are judged by github.com/nyaruka/phonenumbers. Its tables add
// about 6 MB to a program and 4 ms to its start, so no other package imports it.
package identity
