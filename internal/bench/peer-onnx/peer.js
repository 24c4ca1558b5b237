// Runs the encoder under ONNX Runtime with one thread, for a measurement beside it.
//
// Usage: node peer.js MODEL. Each line of the input is {"ids": [...], "runs": n}; each line of the output is
// {"took": [milliseconds of each run], "vector": [...]}. The first line of the output is {} once the model is loaded.
'use strict';

const readline = require('node:readline');
const ort = require('onnxruntime-node');

async function answer(session, {ids, runs}) {
  const shape = [1, ids.length];
  const feeds = {
    input_ids: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), shape),
    attention_mask: new ort.Tensor('int64', new BigInt64Array(ids.length).fill(1n), shape),
  };
  const took = [];
  let result;
  for (let i = 0; i < runs; i++) {
    const begun = process.hrtime.bigint();
    result = await session.run(feeds);
    took.push(Number(process.hrtime.bigint() - begun) / 1e6);
  }
  return {took, vector: Array.from(result.e.data)};
}

async function main() {
  const session = await ort.InferenceSession.create(process.argv[2], {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  console.log('{}');
  for await (const line of readline.createInterface({input: process.stdin})) {
    console.log(JSON.stringify(await answer(session, JSON.parse(line))));
  }
}

main();
