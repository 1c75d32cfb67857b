package customer

import (
	"slices"

	"github.com/coverkit/crm/kernel"
)

// Party says what a customer is.
type Party string

// The parties.
const (
	Individual   Party = "individual"   // 个人
	Organisation Party = "organisation" // 单位
)

// Gender is a person's gender as their documents have it.
type Gender string

// The genders. Empty means not known.
const (
	Male   Gender = "male"   // 男
	Female Gender = "female" // 女
)

// Marital is a person's marital status by GB/T 2261.2.
type Marital string

// The marital statuses. Empty means not known.
const (
	Single   Marital = "single"   // 未婚
	Married  Marital = "married"  // 已婚
	Widowed  Marital = "widowed"  // 丧偶
	Divorced Marital = "divorced" // 离婚
)

// Source says where the facts of a section come from.
type Source string

// The sources. Where none is said it is [FromProcess].
const (
	FromProcess    Source = "process"     // 业务过程: the insurer's own business
	FromCustomer   Source = "customer"    // 客户提供
	FromThirdParty Source = "third_party" // 第三方
)

// Method says how facts were verified.
type Method string

// The methods.
const (
	ByOriginal Method = "original" // 核对原件: the original was seen
	ByCopy     Method = "copy"     // 核对影像或复印件
	ByRegistry Method = "registry" // 权威系统核验: police, market regulator, bank or carrier
	ByVideo    Method = "video"    // 视频或人脸识别
	ByCall     Method = "call"     // 电话核实
)

// Section is a part of the archive that is verified on its own.
type Section string

// The sections. The identity document is a part of the basic section with a
// verification of its own.
const (
	SectionBasic    Section = "basic"    // 基本信息
	SectionDocument Section = "document" // 身份证件
	SectionHealth   Section = "health"   // 健康状况与风险评估
	SectionFinance  Section = "finance"  // 财务状况
)

// Occupational classes by risk, as accident insurance has them: 1 is the safest.
const (
	MinOccupation = 1
	MaxOccupation = 6
)

// oneOf notes a fault unless v is one of the words. Empty will do where may says so.
func oneOf[T ~string](f *kernel.FieldErrors, path string, v T, may bool, words ...T) {
	switch {
	case v == "" && may, slices.Contains(words, v):
	case v == "":
		f.Add(path, "required", "one of %v is needed", words)
	default:
		f.Add(path, "unknown", "is none of %v", words)
	}
}
