package dynamodb

import "testing"

func TestWhatAnItemLacksIsNothing(t *testing.T) {
	i := item{"text": text("x"), "number": number(7), "blob": blob([]byte{1}), "truth": truth(true)}
	if n, ok := numberOf(i, "number"); textOf(i, "text") != "x" || n != 7 || !ok || blobOf(i, "blob")[0] != 1 || !truthOf(i, "truth") {
		t.Errorf("got %v", i)
	}
	for _, name := range []string{"text", "number", "blob", "truth", "nothing"} {
		for _, other := range []string{"text", "number", "blob", "truth"} {
			if name == other {
				continue
			}
			_, isNumber := numberOf(i, name)
			found := map[string]bool{"text": textOf(i, name) != "", "number": isNumber, "blob": blobOf(i, name) != nil, "truth": truthOf(i, name)}
			if found[other] {
				t.Errorf("%s was read as a %s", name, other)
			}
		}
	}
}
