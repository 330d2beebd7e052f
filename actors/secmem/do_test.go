package secmem_test

import (
	"testing"

	"containment-chamber/actors/secmem"
)

func TestDo(t *testing.T) {
	var result []byte
	secmem.Do(func() { result = append(result, 1, 2, 3) })
	if len(result) != 3 {
		t.Errorf("its result is %v", result)
	}
}

func TestDoPassesPanicsOn(t *testing.T) {
	defer func() {
		if got := recover(); got != "constant" {
			t.Errorf("recovered %v", got)
		}
	}()
	secmem.Do(func() { panic("constant") })
	t.Error("the panic was swallowed")
}
