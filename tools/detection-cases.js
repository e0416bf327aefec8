// The cases of eslint-plugin-security's own tests that must be found, as JSON: run in a box that has
// the plugin's package as /in/plugin. RuleTester is ours: it writes down what it is given.
const fs = require("fs");
const Module = require("module");
const plugin = "/in/plugin";
const cases = [];

class RuleTester {
  run(name, rule, tests) {
    for (const test of tests.invalid) {
      const code = typeof test === "string" ? test : test.code;
      cases.push({ rule: name, code });
    }
  }
}

const load = Module._load;
Module._load = function (name, parent, ...rest) {
  if (name === "eslint") return { RuleTester };
  try {
    return load.call(this, name, parent, ...rest);
  } catch (problem) {
    if (name.startsWith(".")) return {}; // a rule that needs what is not here: its cases do not
    if (problem.code === "MODULE_NOT_FOUND") return {};
    throw problem;
  }
};

for (const file of fs.readdirSync(plugin + "/test/rules").sort())
  require(plugin + "/test/rules/" + file);
console.log(JSON.stringify(cases));
