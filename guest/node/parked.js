// A parked node: started inside a finished box as `node parked.js` with its standard streams in
// place, it warms what a program's start would, and waits. One message on fd 3 makes it
// `node FILE ARG...`: a JSON object {"argv": ["node", FILE, ARG...], "env": {NAME: VALUE}}, ended by
// the end of the file. It is used once.
//
// It must have been started under the name argv[0], which node does not let anybody change.
//
// The program must not see that it was parked. Its stack ends where a fresh one's would: the
// callback of the read is compiled under the name and at the place from which node itself starts a
// main module, and is called by node with nothing below it. Nothing of ours stays in a cache.
'use strict';

const fs = require('fs');
const Module = require('module');
const path = require('path');
const vm = require('vm');

const MESSAGE_MAX = 1 << 20;
const ORDERS = 3;

// "node:internal/main/run_main_module:28:49": where this very file was started from.
function startPlace() {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const last = new Error().stack.split('\n').pop();
  Error.stackTraceLimit = limit;
  const found = /(node:[^ ():]+(?::[^ ():]*?)??):(\d+):(\d+)\)?$/.exec(last);
  return { filename: found[1], line: Number(found[2]), column: Number(found[3]) };
}

// (error, count) => { prepare(error, count) ... Module.runMain() }, with the call at that place.
function compileStart(prepare) {
  const { filename, line, column } = startPlace();
  const before = '(prepare,Module)=>(e,n)=>{if(prepare(e,n))Module.';
  const code = before + 'runMain(process.argv[1])}';
  const make = new vm.Script(code, {
    filename,
    lineOffset: line - 1,
    columnOffset: column - 1 - before.length,
  }).runInThisContext();
  return make(prepare, Module);
}

function becomeEnvironment(env) {
  for (const name of Object.keys(process.env)) {
    if (!(name in env)) delete process.env[name];
  }
  for (const name of Object.keys(env)) {
    if (process.env[name] !== env[name]) process.env[name] = env[name];
  }
}

function forgetOurselves() {
  delete Module._cache[__filename];
  for (const key of Object.keys(Module._pathCache)) {
    if (Module._pathCache[key] === __filename) delete Module._pathCache[key];
  }
  process.mainModule = undefined;
}

function become(message) {
  const { argv, env } = JSON.parse(message);
  becomeEnvironment(env);
  process.argv = [process.argv[0], path.resolve(argv[1]), ...argv.slice(2)];
  forgetOurselves();
}

// What a first console.log and a first module cost is spent before the program is there. Nothing is
// written: an empty chunk reaches the stream's own code, and no descriptor.
function warm() {
  void process.stdout;
  void process.stderr;
  void console.log;
  new vm.Script('1').runInThisContext();
  Module._extensions['.js'];
  require('url').pathToFileURL(__filename);
  JSON.parse('{"a":[1]}');
  Module.wrap('');
  Module._findPath(__filename, null, true);
}

function park() {
  const { FSReqCallback, read } = process.binding('fs');
  const buffer = Buffer.allocUnsafeSlow(MESSAGE_MAX);
  let length = 0;

  function next(start) {
    const request = new FSReqCallback();
    request.oncomplete = start.bind(undefined); // without a receiver, as a main module is
    read(ORDERS, buffer, length, MESSAGE_MAX - length, -1, request);
  }

  // true when the whole message is there and this process has become the program
  const start = compileStart((error, count) => {
    if (error || length + count >= MESSAGE_MAX) process.reallyExit(1);
    length += count;
    if (count > 0) {
      next(start);
      return false;
    }
    if (length === 0) process.reallyExit(0); // never needed
    fs.closeSync(ORDERS);
    become(buffer.toString('utf8', 0, length));
    return true;
  });
  next(start);
}

warm();
park();
