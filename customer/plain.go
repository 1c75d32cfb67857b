package customer

import "github.com/coverkit/crm/kernel/privacy"

// Plain is an opened piece of personal data; see [privacy.Plain].
type Plain = privacy.Plain
