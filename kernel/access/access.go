package access

import (
	"context"

	"github.com/coverkit/crm/kernel"
)

// The roles that come with the library. A host may add its own.
const (
	Agent            kernel.Role = "agent"             // 代理人: sells and serves
	Underwriter      kernel.Role = "underwriter"       // 核保人
	Adjuster         kernel.Role = "adjuster"          // 理赔员
	ComplaintHandler kernel.Role = "complaint_handler" // 投诉处理员
	Adviser          kernel.Role = "adviser"           // 保险顾问
	ProductManager   kernel.Role = "product_manager"   // 产品经理
	Cashier          kernel.Role = "cashier"           // 出纳
	Archivist        kernel.Role = "archivist"         // 档案管理员
	Manager          kernel.Role = "manager"           // 主管
	Auditor          kernel.Role = "auditor"           // 审计员: only reads
	PrivacyOfficer   kernel.Role = "privacy_officer"   // 个人信息保护负责人
	System           kernel.Role = kernel.RoleSystem   // the library itself
)

// Staff is every role that a person may have.
var Staff = []kernel.Role{Agent, Underwriter, Adjuster, ComplaintHandler, Adviser, ProductManager, Cashier, Archivist, Manager, Auditor, PrivacyOfficer}

// Resource is what an action is done to. Kind alone is set for questions that
// concern no single record.
type Resource struct {
	Kind   string
	ID     kernel.ID
	Branch string
}

// Authorizer decides whether an actor may do an action to a resource. Implement it
// to plug in a host's own system.
type Authorizer interface {
	// Authorize returns the role that allows the action, for the journal, or an error
	// that is [kernel.ErrForbidden]. A row of a branch that the actor does not see is
	// [kernel.ErrNotFound].
	Authorize(ctx context.Context, a kernel.Actor, action string, r Resource) (kernel.Role, error)
	// Masked returns the fields of the kind that the actor sees masked.
	Masked(ctx context.Context, a kernel.Actor, kind string) []string
}
