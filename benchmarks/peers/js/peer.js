'use strict';
// avsc: encodes and decodes messages and prints a JSON line for each.

const avro = require('avsc');
const fs = require('fs');
const path = require('path');

const [folder, length, ...messages] = process.argv.slice(2);
const seconds = Number(length);
const schema = JSON.parse(fs.readFileSync(path.join(folder, 'record.avsc'), 'utf8'));
let kept;

for (const message of messages) {
  const data = fs.readFileSync(path.join(folder, `${message}.bin`));
  for (const [peer, options] of [['avsc', {}], ['avsc, wrapped unions', { wrapUnions: true }]]) {
    measure(peer, avro.Type.forSchema(schema, options), message, data);
  }
}

function measure(peer, type, message, data) {
  const record = type.fromBuffer(data);
  const line = {
    peer,
    message,
    equal: type.toBuffer(record).equals(data),
    encode: best(() => type.toBuffer(record)),
    decode: best(() => type.fromBuffer(data)),
  };
  console.log(JSON.stringify(line));
}

// Microseconds of the best of the rounds that fit; as long again goes into warming up.
function best(action) {
  let count = 0;
  for (const start = now(); now() - start < seconds; count++) {
    kept = action();
  }
  const perRound = Math.max(1, Math.floor(count / 20));
  let least = Infinity;
  for (const end = now() + seconds; now() < end; ) {
    const start = now();
    for (let each = 0; each < perRound; each++) {
      kept = action();
    }
    least = Math.min(least, ((now() - start) * 1e6) / perRound);
  }
  return least;
}

function now() {
  return Number(process.hrtime.bigint()) / 1e9;
}
