package claim

import (
	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// part is what belongs to a claim, as a read.
type part func(claim kernel.ID) storage.Read

var (
	itsLines     part = func(id kernel.ID) storage.Read { return storage.Where(new([]Line), linesOf(id)).Kept() }
	itsDocuments      = belonging[Document]
	itsChecks         = belonging[Check]
	itsReserves       = belonging[Reserve]
	itsLetters   part = func(id kernel.ID) storage.Read { return notice.Ahead(kind, id) }
	itsPayments  part = func(id kernel.ID) storage.Read { return payment.Ahead(payment.Owner{Kind: kind, ID: id}) }
)

func belonging[T any](id kernel.ID) storage.Read { return storage.Where(new([]T), ofClaim(id)).Kept() }

// looksAt tells what each command looks at besides the claim, in its guards and in its
// change. All of it is loaded together with the claim, which saves the trips to the
// database and nothing else: what is not listed is found all the same.
var looksAt = map[Event][]part{
	EventAddDocument:        {itsDocuments},
	EventReserve:            {itsReserves, itsPayments},
	EventFile:               {itsDocuments},
	EventCheck:              {itsChecks, itsDocuments},
	EventRequestDocuments:   {itsDocuments},
	EventSupplyDocuments:    {itsDocuments},
	EventAccept:             {itsChecks},
	EventRequestMore:        {itsDocuments},
	EventSupplyMore:         {itsDocuments},
	EventConclude:           {itsChecks, itsDocuments, itsLines},
	EventAssess:             {itsLines},
	EventApprove:            {itsChecks, itsLines, itsPayments},
	EventRefer:              {itsChecks, itsLines},
	EventCountersign:        {itsChecks, itsLines, itsPayments},
	EventCountersignRefusal: {itsChecks, itsPayments},
	EventDecline:            {itsChecks, itsPayments},
	EventAgree:              {itsLetters, itsLines},
	EventRequestPayment:     {itsLines, itsPayments},
	EventSettle:             {itsPayments},
	EventAdvance:            {itsPayments},
	EventReassess:           {itsPayments, itsLines},
	EventLapse:              {itsLetters, itsPayments, itsReserves},
	EventCloseNil:           {itsReserves},
	EventClose:              {itsPayments, itsReserves},
	EventWithdraw:           {itsPayments, itsReserves},
}

// ahead returns the reads of a command.
func ahead(e Event, id kernel.ID) []storage.Read {
	parts := looksAt[e]
	key, err := kernel.ParseID(string(id))
	if err != nil || len(parts) == 0 {
		return nil // the command is refused, or looks at nothing else
	}
	reads := make([]storage.Read, len(parts))
	for i, p := range parts {
		reads[i] = p(key)
	}
	return reads
}
