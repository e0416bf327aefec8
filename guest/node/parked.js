// A parked node: started inside a finished box as `node parked.js ADDON` with pipes as standard
// streams, it warms what a program's start would, and waits in the addon (see guest/parked/take.c).
// What comes makes it `node FILE ARG...`: streams and environment are in place then, and the words
// are read from fd 3. It is used once.
//
// It must have been started under the name argv[0], which node does not let anybody change.
//
// The program must not see that it was parked. Its stack ends where a fresh one's would: the
// callback is compiled under the name and at the place from which node itself starts a
// main module, and is called by node with nothing below it. Nothing of ours stays in a cache.
'use strict';

const fs = require('fs');
const Module = require('module');
const path = require('path');
const vm = require('vm');

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

// () => { prepare() ... Module.runMain() }, with the call at that place.
function compileStart(prepare) {
  const { filename, line, column } = startPlace();
  const before = '(prepare,Module)=>()=>{if(prepare())Module.';
  const code = before + 'runMain(process.argv[1])}';
  const make = new vm.Script(code, {
    filename,
    lineOffset: line - 1,
    columnOffset: column - 1 - before.length,
  }).runInThisContext();
  return make(prepare, Module);
}

function forgetOurselves() {
  delete Module._cache[__filename];
  for (const key of Object.keys(Module._pathCache)) {
    if (Module._pathCache[key] === __filename) delete Module._pathCache[key];
  }
  process.mainModule = undefined;
}

// "3", "node", FILE, ARG, and the environment, which the addon has read
function become(message) {
  const texts = message.split('\0');
  const argv = texts.slice(1, 1 + Number(texts[0]));
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
  Module.wrap('');
  Module._findPath(__filename, null, true);
}

// A connection to nowhere fails at once, and node tells so from its loop: by a call of ours with
// nothing below it. Unlike other such calls this one starts no threads.
function park() {
  const { Pipe, PipeConnectWrap, constants } = process.binding('pipe_wrap');
  const pipe = new Pipe(constants.SOCKET);
  const request = new PipeConnectWrap();

  const start = compileStart(() => {
    pipe.close();
    become(fs.readFileSync(ORDERS, 'utf8'));
    fs.closeSync(ORDERS);
    return true;
  });
  request.oncomplete = start.bind(undefined); // without a receiver, as a main module is
  pipe.connect(request, '/');
}

const addon = process.argv[2];
warm();
process.dlopen({ exports: {} }, addon);
park();
