package privacy_test

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// canary is the text that must not turn up anywhere.
const canary = "CANARY-张三-110101199003079090"

// traces are the forms in which it could.
var traces = func() []string {
	bare := strings.Trim(fmt.Sprint([]byte("CANARY")), "[]")
	traces := []string{
		"CANARY", "张三", "110101199003079090",
		hex.EncodeToString([]byte("CANARY")), strings.ToUpper(hex.EncodeToString([]byte("CANARY"))),
		fmt.Sprintf("% x", "CANARY"), fmt.Sprintf("%#v", []byte("CANARY"))[7:40],
		bare, strings.ReplaceAll(bare, " ", ","),
		strings.Trim(strconv.QuoteToASCII("张三"), `"`), "%E5%BC%A0",
	}
	for skip := range 3 { // base64 looks different at each offset
		traces = append(traces, base64.RawStdEncoding.EncodeToString([]byte(canary[skip:]))[:16])
	}
	return traces
}()

func silent(t *testing.T, what, out string) {
	t.Helper()
	for _, trace := range traces {
		if strings.Contains(out, trace) {
			t.Errorf("%s shows %q: %s", what, trace, out)
		}
	}
}

// The test of the test: text that is not a secret is found.
func TestCanaryIsFoundWhereItIsNotSecret(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"%v", "%q", "%+q", "%x", "%X", "% x", "%d"} {
		out, found := fmt.Sprintf(verb, []byte(canary)), false
		for _, trace := range traces {
			found = found || strings.Contains(out, trace)
		}
		if !found {
			t.Errorf("%s hides it: %s", verb, out)
		}
	}
}

type person struct {
	Name  privacy.Secret
	Phone *privacy.Secret
	ID    privacy.Secret `json:"id" xml:"id,attr"`
}

type embedding struct{ privacy.Secret }

type outer struct {
	Person person
	List   []privacy.Secret
	Any    any
	hidden person // fmt reads it without asking its methods
	inner  struct{ any any }
}

func canaries(t *testing.T) map[string]privacy.Secret {
	return map[string]privacy.Secret{
		"plain":    privacy.New(canary),
		"sealed":   seal(t, newDataKey(t, newKeys(t)), canary, here),
		"readable": seal(t, newDataKey(t, privacy.Plaintext), canary, here),
		"stored":   privacy.Sealed(seal(t, newDataKey(t, privacy.Plaintext), canary, here).Stored()),
	}
}

func holders(s privacy.Secret) map[string]any {
	p := person{Name: s, Phone: &s, ID: s}
	o := outer{Person: p, List: []privacy.Secret{s}, Any: s, hidden: p}
	o.inner.any = s
	return map[string]any{
		"itself": s, "pointer": &s, "slice": []privacy.Secret{s}, "array": [1]privacy.Secret{s},
		"pointers": []*privacy.Secret{&s}, "map": map[string]privacy.Secret{"a": s},
		"key": map[privacy.Secret]int{s: 1}, "struct": p, "nested": o, "to nested": &o,
		"anything": []any{s, &s, p, map[string]any{"a": p}}, "embedded": embedding{s},
		"unexported": struct{ s privacy.Secret }{s},
	}
}

func TestSecretIsMaskedInPrint(t *testing.T) {
	t.Parallel()
	formats := []string{"%", "%!", "%*d", "%[2]d"}
	for _, verb := range "vTtbcdoOqxXUeEfFgGspw" {
		for _, flag := range []string{"", "+", "#", " ", "0", "-", "40", ".3", "+#"} {
			formats = append(formats, "%"+flag+string(verb))
		}
	}
	for state, s := range canaries(t) {
		for holder, v := range holders(s) {
			for _, format := range formats {
				silent(t, state+" "+holder+" "+format, fmt.Sprintf(format, v))
			}
			silent(t, state+" "+holder, fmt.Sprint(v)+fmt.Sprintln(v)+fmt.Sprint(&v))
		}
		for _, format := range formats[4:] {
			// These three never reach a value's own Format.
			if out := fmt.Sprintf(format, s); out != privacy.Mask && !strings.ContainsAny(format, "Tpw") {
				t.Errorf("%s %s: %q", state, format, out)
			}
		}
	}
}

func TestSecretIsMaskedWhenEncoded(t *testing.T) {
	t.Parallel()
	for state, s := range canaries(t) {
		for holder, v := range holders(s) {
			what := state + " " + holder
			if out, err := json.Marshal(v); err != nil {
				t.Errorf("%s: %v", what, err)
			} else {
				silent(t, what+" as JSON", string(out))
			}
			out, err := xml.Marshal(v)
			silent(t, what+" as XML", fmt.Sprint(string(out), err))
			var buf bytes.Buffer
			err = gob.NewEncoder(&buf).Encode(v)
			silent(t, what+" as gob", fmt.Sprint(buf.String(), err))
			if holder == "struct" && err == nil {
				t.Errorf("%s: gob took it", what)
			}
		}
		if out, err := s.MarshalBinary(); out != nil || err == nil {
			t.Errorf("%s: binary %x", state, out)
		}
		if err := new(privacy.Secret).UnmarshalBinary(s.Stored()); err == nil {
			t.Errorf("%s: binary was read", state)
		}
		out, err := json.Marshal(person{Name: s})
		if want := `{"Name":"•••","Phone":null,"id":""}`; string(out) != want || err != nil {
			t.Errorf("%s: %s, %v", state, out, err)
		}
	}
}

func TestSecretIsMaskedInTemplates(t *testing.T) {
	t.Parallel()
	const page = `{{.}} {{printf "%s %q %v" .Name .Name .}} <a title="{{.Name}}" href="/?q={{.Name}}">{{.Phone}}</a>` +
		`<script>f({{.Name}}, {{.}})</script>{{html .Name}}{{js .Name}}{{urlquery .Name}}{{print .Name}}`
	for state, s := range canaries(t) {
		var out bytes.Buffer
		p := person{Name: s, Phone: &s, ID: s}
		err := errors.Join(
			template.Must(template.New("").Parse(page)).Execute(&out, p),
			htmltemplate.Must(htmltemplate.New("").Parse(page)).Execute(&out, p))
		if err != nil {
			t.Error(err)
		}
		silent(t, state+" in a template", out.String())
	}
}

func TestSecretIsMaskedInLogs(t *testing.T) {
	t.Parallel()
	for state, s := range canaries(t) {
		for holder, v := range holders(s) {
			var out bytes.Buffer
			debug := &slog.HandlerOptions{Level: slog.LevelDebug}
			for _, h := range []slog.Handler{slog.NewTextHandler(&out, debug), slog.NewJSONHandler(&out, debug)} {
				l := slog.New(h).With("with", v).WithGroup("group")
				l.Debug("looked", "v", v, slog.Group("g", "v", v), slog.Any("p", &v))
			}
			log.New(&out, "", 0).Println(v)
			silent(t, state+" "+holder+" in a log", out.String())
		}
		// A handler of the host's own gets the mask, not the secret.
		if v := slog.AnyValue(s).Resolve(); v.Kind() != slog.KindString || v.String() != privacy.Mask {
			t.Errorf("%s resolves to %v", state, v.Kind())
		}
	}
}

func TestSecretIsMaskedInErrors(t *testing.T) {
	t.Parallel()
	for state, s := range canaries(t) {
		_, valueErr := s.Value()
		_, openErr := s.Open(newDataKey(t, newKeys(t)), "elsewhere")
		err := errors.Join(
			fmt.Errorf("%v %w", s, kernel.ErrInvalid), kernel.Invalid("phone", "format", "%q is none", s),
			valueErr, openErr)
		silent(t, state+" in an error", fmt.Sprintf("%v %+v %#v", err, err, err))
	}
	var s privacy.Secret
	for _, bad := range []string{`110101199003079090`, `["CANARY"]`, `{"CANARY":1}`, `"CANARY`, `"\uCANARY"`} {
		err := errors.Join(json.Unmarshal([]byte(bad), &s), s.UnmarshalJSON([]byte(bad)))
		var jsonErr *json.SyntaxError // the host's own decoder, about broken JSON
		if err == nil || !errors.As(err, &jsonErr) {
			silent(t, "refused input", fmt.Sprintf("%v %#v", err, err))
		}
		silent(t, "refused input", fmt.Sprint(s.UnmarshalJSON([]byte(bad))))
	}
	silent(t, "refused column", fmt.Sprint(s.Scan([]string{canary})))
	_, err := newKeys(t).OpenDataKey([]byte(canary), canary)
	silent(t, "refused key", fmt.Sprint(err))
	_, err = privacy.ParseKeys([]byte(canary))
	silent(t, "refused key file", fmt.Sprint(err))
}

// A process that dies of a panic prints its value by rules of its own.
func TestSecretIsMaskedInPanics(t *testing.T) {
	t.Parallel()
	if kind := os.Getenv("PRIVACY_TEST_PANIC"); kind != "" {
		panic(holders(privacy.New(canary))[kind])
	}
	for kind := range holders(privacy.Secret{}) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSecretIsMaskedInPanics$")
		cmd.Env = append(os.Environ(), "PRIVACY_TEST_PANIC="+kind)
		out, err := cmd.CombinedOutput()
		if err == nil || !bytes.Contains(out, []byte("panic")) {
			t.Errorf("%s: no panic: %v", kind, err)
		}
		silent(t, kind+" in a panic", string(out))
	}
}

var _ interface {
	json.Marshaler
	fmt.Stringer
	fmt.GoStringer
} = privacy.Secret{}

func TestMaskHidesTheLength(t *testing.T) {
	t.Parallel()
	short, long := privacy.New("1"), privacy.New(strings.Repeat("1", 1000))
	if short.String() != long.String() {
		t.Error("the mask tells the length")
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	for what, v := range map[string]any{"keys": keys, "value": *keys, "data key": newDataKey(t, keys)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			if out := fmt.Sprintf(verb, v); !strings.HasPrefix(out, "privacy.") || len(out) > len("privacy.DataKey") {
				t.Errorf("%s %s: %s", what, verb, out)
			}
		}
		if out, err := json.Marshal(v); string(out) != "{}" || err != nil {
			t.Errorf("%s as JSON: %s, %v", what, out, err)
		}
	}
}
