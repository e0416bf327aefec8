// Ways to run a command or text as code that try not to look like it; a line of dashes parts them.
const f = eval;
f("1");
// ----
global["ev" + "al"]("1");
// ----
(0, eval)("1");
// ----
window[atob("ZXZhbA==")](x);
// ----
self["lave".split("").reverse().join("")](x);
// ----
globalThis[["e", "v", "a", "l"].join("")](x);
// ----
globalThis[String.fromCharCode(101, 118, 97, 108)](x);
// ----
[].filter.constructor("return process")();
// ----
(() => {}).constructor("return process")();
// ----
this.constructor.constructor("return process")().mainModule;
// ----
Reflect.apply(Function, null, [x]);
// ----
Reflect.get(globalThis, "eval")(x);
// ----
const r = require;
r("child_" + "process").exec(x);
// ----
const { exec: e } = require("child_process");
e(x);
// ----
import("child_process").then((m) => m.exec(x));
// ----
process.mainModule.require("child_process").execSync(x);
// ----
(function (q) {
    q("child_process").execSync(x);
})(require);
// ----
process["bin" + "ding"]("spawn_sync");
// ----
const run = { go: eval };
run["go"](x);
// ----
const load = require("module").createRequire("/");
load("child_process").exec(x);
// ----
module.constructor._load("child_process").exec(x);
// ----
setTimeout("go(" + x + ")", 1);
// ----
eval.bind(null)(x);
// ----
globalThis[names.find((n) => n.length === 4)](x);
