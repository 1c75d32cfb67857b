package member

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Proof proves a qualification.
type Proof struct {
	Code        string         // 1 to 64 bytes
	Certificate privacy.Secret // its number; may be empty
	From        kernel.Date    // first day; zero: today
	Until       kernel.Date    // first day without it; zero: no end

	training kernel.ID
}

func (in *Proof) check(f *kernel.FieldErrors) {
	checkCode(f, "code", in.Code, true)
	checkSecret(f, "certificate", in.Certificate)
	checkDay(f, "from", in.From, false)
	checkDay(f, "until", in.Until, false)
	if in.Until != 0 && in.Until <= in.From {
		f.Add("until", "range", "a qualification holds for a day at least")
	}
}

// Qualify notes a qualification. One of the same code that holds longer or has other days
// may stand beside it: on each day it is enough that one of them holds.
func (s *Staffs) Qualify(ctx context.Context, id kernel.ID, in Proof, opts ...kernel.Option) (Staff, error) {
	return command.Fire(ctx, s.run, staffLife, id, command.Call[Staff, StaffEvent]{
		Event: StaffQualify, Input: in, Check: in.check,
		Apply: func(u *command.Unit, p *Staff) error {
			from := in.From
			if from == 0 {
				from = s.cfg.today(u)
			}
			if in.Until != 0 && in.Until <= from {
				return kernel.Invalid("until", "range", "a qualification holds for a day at least")
			}
			u.Fact("qualification", in.Code)
			u.Fact("from", from)
			if in.Until != 0 {
				u.Fact("until", in.Until)
			}
			u.Fact("training", string(in.training))
			return u.Insert(&Qualification{
				StaffID: p.ID, Code: in.Code, Certificate: in.Certificate, From: from, Until: in.Until, TrainingID: in.training,
			})
		},
	}, opts...)
}

// Disqualification takes a qualification away.
type Disqualification struct {
	Code    string
	Grounds Grounds
}

// Disqualify ends all qualifications of a code today. There being none that holds, or will
// hold, is a [kernel.FieldErrors].
func (s *Staffs) Disqualify(ctx context.Context, id kernel.ID, in Disqualification, opts ...kernel.Option) (Staff, error) {
	return command.Fire(ctx, s.run, staffLife, id, command.Call[Staff, StaffEvent]{
		Event: StaffDisqualify, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkCode(f, "code", in.Code, true)
			in.Grounds.check(f.At("grounds"), true)
		},
		Apply: func(u *command.Unit, p *Staff) error {
			today, ended := s.cfg.today(u), 0
			all, err := qualifications(u, p.ID)
			if err != nil {
				return err
			}
			for i := range all {
				q := &all[i]
				if q.Code != in.Code || q.Until != 0 && q.Until <= today {
					continue
				}
				q.Until = today
				ended++
				if err := u.Save(q); err != nil {
					return err
				}
			}
			if ended == 0 {
				return kernel.Invalid("code", "unknown", "no qualification of this code holds")
			}
			u.Fact("qualification", in.Code)
			in.Grounds.note(u)
			return nil
		},
	}, opts...)
}

func qualifications(tx storage.Tx, staff kernel.ID) ([]Qualification, error) {
	return storage.Find[Qualification](tx, storage.Query{Where: []storage.Cond{colStaff.Eq(staff)}})
}

// Agreement is a signed confidentiality agreement.
type Agreement struct {
	On    kernel.Date // signed, not after today; zero: today
	Until kernel.Date // first day without it; zero: no end
}

// SignAgreement notes that the confidentiality agreement was signed. It takes the place
// of the one before.
func (s *Staffs) SignAgreement(ctx context.Context, id kernel.ID, in Agreement, opts ...kernel.Option) (Staff, error) {
	return command.Fire(ctx, s.run, staffLife, id, command.Call[Staff, StaffEvent]{
		Event: StaffSignAgreement, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkDay(f, "on", in.On, false)
			checkDay(f, "until", in.Until, false)
		},
		Apply: func(u *command.Unit, p *Staff) error {
			on := in.On
			if err := s.cfg.past(u, "on", &on); err != nil {
				return err
			}
			if in.Until != 0 && in.Until <= on {
				return kernel.Invalid("until", "range", "an agreement holds for a day at least")
			}
			p.AgreedOn, p.AgreementUntil = on, in.Until
			u.Fact("on", on)
			if in.Until != 0 {
				u.Fact("until", in.Until)
			}
			return nil
		},
	}, opts...)
}
