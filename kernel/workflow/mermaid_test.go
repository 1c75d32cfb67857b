package workflow_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel/workflow"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMermaidDrawsTheTable(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "zh"} {
		got := claims.Mermaid(lang)
		path := filepath.Join("testdata", "claim."+lang+".mmd")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
		if again := workflow.Must(workflow.New(small())).Mermaid(lang); again != got {
			t.Errorf("%s: another machine of the same table draws differently", lang)
		}
	}
}

// Labels are free text; a diagram stays one whatever they hold.
func TestMermaidEscapesLabels(t *testing.T) {
	t.Parallel()
	tab := small()
	tab.States[0].Label.EN = "say \"hello\"\nclass x"
	tab.Rows[3].Label.EN = "File; #1: %% --> [*]"
	got := workflow.Must(workflow.New(tab)).Mermaid("en")
	for _, want := range []string{
		`state "say #34;hello#34; class x" as reported` + "\n",
		"reported --> filed : File#59; #35;1#58; #37;#37; --#62; [*]\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// Two ways to the same end share an arrow: approval by one, or by a second person.
func TestMermaidSharesArrows(t *testing.T) {
	t.Parallel()
	tab := small()
	again := tab.Rows[6]
	again.Event, again.Label.EN = "Countersign", "Countersign"
	tab.Rows = append(tab.Rows, again)
	got := workflow.Must(workflow.New(tab)).Mermaid("en")
	if n := strings.Count(got, "filed --> approved"); n != 1 || !strings.Contains(got, "filed --> approved : Approve / Countersign\n") {
		t.Errorf("%d arrows from filed to approved, want one for both events:\n%s", n, got)
	}
}
