package complaint

import (
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
)

// Cause is one node of the tree of root causes. The code of a branch is the beginning of
// the codes below it: "claims" stands above "claims.delay".
type Cause struct {
	Code  string // at most 64 bytes
	Label workflow.Label
}

// DefaultCauses returns the tree of root causes that holds where a host brings none.
func DefaultCauses() []Cause {
	return []Cause{
		{"product", label("Product", "产品")},
		{"product.terms", label("Terms hard to understand", "条款难以理解")},
		{"product.design", label("Cover does not fit", "保障不符合需求")},
		{"sales", label("Sales", "销售")},
		{"sales.misleading", label("Misleading statements", "销售误导")},
		{"sales.disclosure", label("Exclusions not explained", "未说明免责条款")},
		{"sales.signature", label("Signed by somebody else", "代签名")},
		{"claims", label("Claims", "理赔")},
		{"claims.delay", label("Too slow", "理赔时效")},
		{"claims.amount", label("Amount", "理赔金额")},
		{"claims.refusal", label("Refusal", "拒赔")},
		{"service", label("Service", "服务")},
		{"service.attitude", label("Attitude", "服务态度")},
		{"service.delay", label("Too slow", "服务时效")},
		{"service.mistake", label("Mistake in handling", "操作差错")},
		{"service.system", label("System failure", "系统故障")},
		{"privacy", label("Personal data", "个人信息")},
		{"outside", label("Outside the insurer", "公司以外原因")},
		{"none", label("No cause with the insurer", "无责")},
	}
}

// RootCause says why a complaint came about.
type RootCause struct {
	Code string // of the tree; a branch of it will do
	Text privacy.Secret
}

func (s *Service) checkCause(f *kernel.FieldErrors, in RootCause, needed bool) {
	checkFree(f, "text", in.Text)
	known := slices.ContainsFunc(s.cfg.Causes, func(c Cause) bool { return c.Code == in.Code })
	switch {
	case in.Code == "" && (needed || !in.Text.IsZero()):
		f.Add("code", "required", "say what the root cause is")
	case in.Code != "" && !known:
		f.Add("code", "unknown", "not in the tree of causes")
	}
}

// learn takes over the root cause and what is done about it, where they are given.
func (c *Complaint) learn(cause RootCause, improvements []kernel.Ref) {
	if cause.Code != "" {
		c.Cause, c.CauseText = cause.Code, cause.Text
	}
	for _, r := range improvements {
		if !slices.Contains(c.Improvements, r) {
			c.Improvements = append(slices.Clone(c.Improvements), r)
		}
	}
}

// Causes returns the tree of root causes.
func (s *Service) Causes() []Cause { return slices.Clone(s.cfg.Causes) }

func (c *Complaint) tellCause(u *command.Unit) {
	u.Fact("cause", c.Cause)
	if len(c.Improvements) > 0 {
		u.Fact("improvements", c.Improvements)
	}
}
