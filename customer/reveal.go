package customer

import (
	"context"
	"slices"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Look says what is to be opened, and what for.
type Look struct {
	Fields  []Field        // at least one; no more than the purpose needs
	Purpose privacy.Secret // up to [reveal.MaxText] characters, needed; kept sealed
}

// Reveal opens sealed facts. The look is journalled before anything is handed out, on
// a chain of its own; see [reveal.Access]. Inside a unit of work that the caller then takes
// back, the record of the look is taken back with it, so reveal outside of it. A
// person whose data was erased cannot be looked at: storage.ErrErased.
func (s *Service) Reveal(ctx context.Context, id kernel.ID, in Look) (Personal, error) {
	fields := slices.Compact(slices.Sorted(slices.Values(in.Fields)))
	var out Personal
	err := reveal.Journalled(ctx, s.r, Kind+".Reveal", in.Purpose, in.check, func(u *command.Unit) (reveal.Seen, error) {
		c, err := command.See(u, life, Kind+".Reveal", id)
		if err != nil {
			return reveal.Seen{}, err
		}
		sight := reveal.Sight{Case: command.Case{Kind: Kind, ID: c.ID}, Branch: c.Branch, Person: c.Person()}
		for _, field := range fields {
			sight.Parts = append(sight.Parts, reveal.Part(field))
		}
		out, err = open(u, c, fields)
		return reveal.Seen{Sight: sight}, err
	})
	if err != nil {
		return Personal{}, err
	}
	return out, nil
}

func (in Look) check(f *kernel.FieldErrors) {
	reveal.CheckText(f, "purpose", in.Purpose)
	if len(in.Fields) == 0 {
		f.Add("fields", "required", "name what is to be opened")
	}
	if len(in.Fields) > len(allFields) {
		f.Add("fields", "length", "there are only %d fields", len(allFields))
	}
	for i, x := range in.Fields[:min(len(in.Fields), len(allFields))] {
		oneOf(f.Index("fields", i), "", x, false, allFields...)
	}
}

// open reads what the fields name.
func open(u *command.Unit, c *Customer, fields []Field) (Personal, error) {
	var p Personal
	v, err := u.Open(c)
	if err != nil {
		return p, err
	}
	var kinds []ContactKind
	for _, field := range fields {
		switch field {
		case FieldName:
			p.Name = privacy.Plain(c.Name)
		case FieldIdentity:
			p.Identity = privacy.Plain(v["document_number"])
		case FieldVital:
			p.Birth, p.Gender, p.Marital, p.Died = privacy.Plain(v["birth"]), privacy.Plain(v["gender"]), privacy.Plain(v["marital"]), privacy.Plain(v["died"])
		case FieldWork:
			p.Occupation, p.Employer, p.LegalRepresentative = privacy.Plain(v["occupation"]), privacy.Plain(v["employer"]), privacy.Plain(v["legal_representative"])
		case FieldPhones:
			kinds = append(kinds, Phone)
		case FieldEmails:
			kinds = append(kinds, Email)
		case FieldAddresses:
			kinds = append(kinds, Address)
		case FieldHealth:
			err = openHealth(u, c.ID, &p.Health)
		case FieldFinance:
			err = openFinance(u, c.ID, &p.Finance)
		case FieldHistory:
			p.History, err = openHistory(u, c.ID)
		}
		if err != nil {
			return p, err
		}
	}
	if len(kinds) > 0 {
		p.Contacts, err = openContacts(u, c.ID, kinds)
	}
	return p, err
}

func openContacts(u *command.Unit, id kernel.ID, kinds []ContactKind) ([]PersonalContact, error) {
	rows, err := contactsOf(u, id)
	if err != nil {
		return nil, err
	}
	var out []PersonalContact
	for i := range rows {
		x := &rows[i]
		if !slices.Contains(kinds, x.Kind) {
			continue
		}
		v, err := u.Open(x)
		if err != nil {
			return nil, err
		}
		out = append(out, PersonalContact{ID: x.ID, Kind: x.Kind, Value: privacy.Plain(v["value"]), Use: x.Use, Main: x.Main, Name: privacy.Plain(v["contact_name"])})
	}
	return out, nil
}

func openHealth(u *command.Unit, id kernel.ID, out *PersonalHealth) error {
	row, err := partOf[Health](u, id)
	if err != nil || row == nil {
		return err
	}
	v, err := u.Open(row)
	*out = PersonalHealth{
		Disclosures: privacy.Plain(v["disclosures"]), Conditions: privacy.Plain(v["conditions"]), Smoker: privacy.Plain(v["smoker"]),
		RiskClass: privacy.Plain(v["risk_class"]), RiskAppetite: privacy.Plain(v["risk_appetite"]),
	}
	return err
}

func openFinance(u *command.Unit, id kernel.ID, out *PersonalFinance) error {
	row, err := partOf[Finance](u, id)
	if err != nil || row == nil {
		return err
	}
	v, err := u.Open(row)
	*out = PersonalFinance{
		Currency: row.Currency, Income: privacy.Plain(v["income"]), Assets: privacy.Plain(v["assets"]), Liabilities: privacy.Plain(v["liabilities"]),
		Capacity: privacy.Plain(v["capacity"]), Funds: privacy.Plain(v["funds"]), Account: privacy.Plain(v["account"]),
	}
	return err
}

func openHistory(u *command.Unit, id kernel.ID) ([]reveal.Row, error) {
	entries, err := journal.History(u, Kind, id)
	if err != nil {
		return nil, err
	}
	recs := make([]storage.Record, len(entries))
	for i := range entries {
		recs[i] = &entries[i]
	}
	return reveal.Rows(u, recs...)
}
