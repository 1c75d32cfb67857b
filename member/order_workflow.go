package member

import (
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// OrderState is where a service order stands.
type OrderState string

// The states of a service order.
const (
	OrderRequested OrderState = "requested"
	OrderReserved  OrderState = "reserved"
	OrderScheduled OrderState = "scheduled"
	OrderInService OrderState = "in_service"
	OrderDelivered OrderState = "delivered"
	OrderEvaluated OrderState = "evaluated"
	OrderRefused   OrderState = "refused"
	OrderCancelled OrderState = "cancelled"
	OrderNoShow    OrderState = "no_show"
	OrderExpired   OrderState = "expired"
)

// OrderEvent is what may happen to a service order. Each is a command of [Orders].
type OrderEvent string

// The events of a service order.
const (
	OrderOrder    OrderEvent = "Order"
	OrderReserve  OrderEvent = "Reserve"
	OrderRefuse   OrderEvent = "Refuse"
	OrderSchedule OrderEvent = "Schedule"
	OrderStart    OrderEvent = "Start"
	OrderDeliver  OrderEvent = "Deliver"
	OrderEvaluate OrderEvent = "Evaluate"
	OrderCancel   OrderEvent = "Cancel"
	OrderNotShown OrderEvent = "NoShow"
	OrderExpire   OrderEvent = "Expire"
)

// orderDesk are those who serve members with orders.
var orderDesk = append([]kernel.Role{access.ComplaintHandler}, servants...)

// OrderLifecycle is the workflow of a service order.
var OrderLifecycle = workflow.Must(workflow.New(workflow.Table[OrderState, OrderEvent]{
	Name: "service_order", Label: label("Service order", "增值服务单"),
	States: []workflow.State[OrderState]{
		{Name: OrderRequested, Class: workflow.Open, Label: label("Requested", "已申请")},
		{Name: OrderReserved, Class: workflow.Open, Label: label("Reserved", "已预留")},
		{Name: OrderScheduled, Class: workflow.Waiting, Label: label("Scheduled", "已预约")},
		{Name: OrderInService, Class: workflow.Open, Label: label("In service", "服务中")},
		{Name: OrderDelivered, Class: workflow.Waiting, Label: label("Delivered", "已完成")},
		{Name: OrderEvaluated, Class: workflow.Ended, Label: label("Evaluated", "已评价")},
		{Name: OrderRefused, Class: workflow.Ended, Label: label("Refused", "已拒绝")},
		{Name: OrderCancelled, Class: workflow.Ended, Label: label("Cancelled", "已取消")},
		{Name: OrderNoShow, Class: workflow.Ended, Label: label("No show", "未到场")},
		{Name: OrderExpired, Class: workflow.Ended, Label: label("Expired", "已过期")},
	},
	Rows: []workflow.Row[OrderState, OrderEvent]{
		{Event: OrderOrder, Create: true, To: OrderRequested, Who: orderDesk, Label: label("Order", "申请"),
			Note: "A member asks for a service; without entitlement it is refused at once."},
		{Event: OrderReserve, From: []OrderState{OrderRequested}, To: OrderReserved, Who: orderDesk, Label: label("Reserve", "预留额度"),
			Note: "One is taken from the quota for it."},
		{Event: OrderRefuse, From: []OrderState{OrderRequested}, To: OrderRefused, Who: orderDesk, Label: label("Refuse", "拒绝"),
			Note: "It cannot be served; the reason is kept."},
		{Event: OrderSchedule, From: []OrderState{OrderReserved}, To: OrderScheduled, Who: orderDesk, Label: label("Schedule", "预约"),
			Note: "Partner and time are agreed, and the service agreement with content and term is signed."},
		{Event: OrderStart, From: []OrderState{OrderScheduled}, To: OrderInService, Who: orderDesk, Guards: []string{"slot_begun"},
			Label: label("Start", "开始服务"), Note: "The partner begins."},
		{Event: OrderDeliver, From: []OrderState{OrderInService}, To: OrderDelivered, Who: orderDesk, Label: label("Deliver", "完成服务"),
			Note: "The service was given; the quota is used."},
		{Event: OrderEvaluate, From: []OrderState{OrderDelivered}, To: OrderEvaluated, Who: orderDesk, Label: label("Evaluate", "评价"),
			Note: "The member says how good it was."},
		{Event: OrderCancel, From: []OrderState{OrderRequested, OrderReserved, OrderScheduled}, To: OrderCancelled, Who: orderDesk,
			Label: label("Cancel", "取消"), Note: "It is called off; what was reserved goes back to the quota."},
		{Event: OrderNotShown, From: []OrderState{OrderScheduled}, To: OrderNoShow, Who: orderDesk, Guards: []string{"slot_begun"},
			Label: label("No show", "未到场"), Note: "The member did not come; the quota is used all the same."},
		{Event: OrderExpire, From: []OrderState{OrderReserved}, To: OrderExpired, Who: append([]kernel.Role{access.System}, orderDesk...),
			Guards: []string{"reservation_over"}, Label: label("Expire", "过期"),
			Note: "Nothing was agreed in time; what was reserved goes back to the quota."},
	},
}))

var orderLife = &command.Life[ServiceOrder, OrderState, OrderEvent]{
	Kind: "service_order", Machine: OrderLifecycle,
	Guards: map[string]func(*command.Unit, *ServiceOrder) error{
		"slot_begun": func(u *command.Unit, o *ServiceOrder) error {
			if u.Now().Before(o.SlotFrom) {
				return fmt.Errorf("agreed for %s", o.SlotFrom.Format("2006-01-02 15:04 MST"))
			}
			return nil
		},
		"reservation_over": func(u *command.Unit, o *ServiceOrder) error {
			if u.Now().Before(o.ReservedUntil) {
				return fmt.Errorf("reserved until %s", o.ReservedUntil.Format("2006-01-02 15:04 MST"))
			}
			return nil
		},
	},
}
