package eth2

import "errors"

// unwrapData finds the message in {version, data}, or takes v for the message itself. The message of one type has a
// data of its own, but as text.
func unwrapData(v value) (wrapped, error) {
	o, err := v.object()
	if err != nil {
		return wrapped{}, err
	}
	data, ok := o.find("data")
	if !ok || !data.begins('{') {
		return wrapped{value: v}, nil
	}
	version, err := o.need("version")
	if err != nil {
		return wrapped{}, err
	}
	name, err := version.text()
	return wrapped{value: data, version: string(name)}, within("version", err)
}

// unwrapBlock finds the block in {version, block} or {version, block_header}. The header has the block's root, so it
// is preferred and its version does not matter.
func unwrapBlock(v value) (wrapped, error) {
	o, err := v.object()
	if err != nil {
		return wrapped{}, err
	}
	if header, ok := o.find("block_header"); ok {
		return wrapped{value: header, header: true}, nil
	}
	version, err := o.need("version")
	if err != nil {
		return wrapped{}, err
	}
	name, err := version.text()
	if err != nil {
		return wrapped{}, within("version", err)
	}
	full, ok := o.find("block")
	if !ok {
		return wrapped{}, errors.New("block_header: missing")
	}
	return wrapped{value: full, version: string(name)}, nil
}

// blockShape makes the shape of a header, or of a whole block before Bellatrix.
func blockShape(p Preset) func(wrapped, Fork) (shape, error) {
	phase0, altair := block(phase0Body), block(altairBody(p))
	return func(message wrapped, _ Fork) (shape, error) {
		if message.header {
			return blockHeader, nil
		}
		switch fork, known := parseFork(message.version); {
		case known && fork == Phase0:
			return phase0, nil
		case known && fork == Altair:
			return altair, nil
		}
		return nil, errors.New("block_header: missing, only PHASE0 and ALTAIR have a block")
	}
}
