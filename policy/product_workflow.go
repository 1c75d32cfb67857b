package policy

import (
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// ProductState is where a product stands.
type ProductState string

// The states of a product.
const (
	ProductDraft     ProductState = "draft"
	ProductInReview  ProductState = "in_review"
	ProductApproved  ProductState = "approved"
	OnSale           ProductState = "on_sale"
	ProductSuspended ProductState = "suspended"
	ProductWithdrawn ProductState = "withdrawn"
	ProductDiscarded ProductState = "discarded"
)

// ProductEvent is what may happen to a product.
type ProductEvent string

// The events of a product.
const (
	productDraft    ProductEvent = "Draft"
	productEdit     ProductEvent = "Edit"
	productSubmit   ProductEvent = "Submit"
	productReturn   ProductEvent = "Return"
	productApprove  ProductEvent = "Approve"
	productLaunch   ProductEvent = "Launch"
	productSuspend  ProductEvent = "Suspend"
	productResume   ProductEvent = "Resume"
	productWithdraw ProductEvent = "Withdraw"
	productDiscard  ProductEvent = "Discard"
)

var (
	designers = []kernel.Role{access.ProductManager, access.Manager}
	managers  = []kernel.Role{access.Manager}
)

type productRow = workflow.Row[ProductState, ProductEvent]

// ProductLife is the life of a product.
var ProductLife = workflow.Must(workflow.New(workflow.Table[ProductState, ProductEvent]{
	Name: "product", Label: label("Product", "产品"),
	States: []workflow.State[ProductState]{
		{Name: ProductDraft, Class: workflow.Open, Label: label("Draft", "草稿")},
		{Name: ProductInReview, Class: workflow.Open, Label: label("In review", "审核中")},
		{Name: ProductApproved, Class: workflow.Open, Label: label("Approved", "已批准")},
		{Name: OnSale, Class: workflow.Open, Label: label("On sale", "在售")},
		{Name: ProductSuspended, Class: workflow.Waiting, Label: label("Suspended", "暂停销售")},
		{Name: ProductWithdrawn, Class: workflow.Ended, Label: label("Withdrawn", "停售")},
		{Name: ProductDiscarded, Class: workflow.Ended, Label: label("Discarded", "已废弃")},
	},
	Rows: []productRow{
		{Event: productDraft, Create: true, To: ProductDraft, Who: designers,
			Label: label("Draft", "起草"), Note: "A new product, or the next edition of one, is begun."},
		{Event: productEdit, From: []ProductState{ProductDraft}, Who: designers,
			Label: label("Edit", "修改"), Note: "The design of a draft is replaced."},
		{Event: productSubmit, From: []ProductState{ProductDraft}, To: ProductInReview, Who: designers, Guards: []string{"complete"},
			Label: label("Submit", "提交审核"), Note: "The design is complete, no part of its description is empty."},
		{Event: productReturn, From: []ProductState{ProductInReview}, To: ProductDraft, Who: managers,
			Label: label("Return", "退回"), Note: "The review asks for changes."},
		{Event: productApprove, From: []ProductState{ProductInReview}, To: ProductApproved, Who: managers,
			Label: label("Approve", "批准"), Note: "The design is released; it does not change any more."},
		{Event: productLaunch, From: []ProductState{ProductApproved}, To: OnSale, Who: designers,
			Label: label("Launch", "上市"), Note: "The product can be applied for in its period of sale."},
		{Event: productSuspend, From: []ProductState{OnSale}, To: ProductSuspended, Who: designers,
			Label: label("Suspend", "暂停销售"), Note: "No new applications for the time being."},
		{Event: productResume, From: []ProductState{ProductSuspended}, To: OnSale, Who: designers,
			Label: label("Resume", "恢复销售"), Note: "The product can be applied for again."},
		{Event: productWithdraw, From: []ProductState{OnSale, ProductSuspended}, To: ProductWithdrawn, Who: designers,
			Label: label("Withdraw", "停售"), Note: "The product is not sold any more; its policies run on."},
		{Event: productDiscard, From: []ProductState{ProductDraft, ProductInReview, ProductApproved}, To: ProductDiscarded, Who: designers,
			Label: label("Discard", "废弃"), Note: "The product will not be launched."},
	},
}))
