// Installs packages of npm inside a box whose only network is the gate. Into the work folder comes
// their tree, which becomes a node_modules folder. See install.py: the same files say what is wanted
// and what came of it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";

const work = process.cwd();
const wish = join(work, "wish");
const project = join(work, "project");
const scripts = process.env.TESTUDO_SCRIPTS === "1";

// NAME or @SCOPE/NAME, and a version, range or tag; nothing that names a place.
const plainName = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-zA-Z0-9~_-][a-zA-Z0-9._~-]*$/;
const plainRange = /^[^/:#]*$/;

function fail(what, hint = "", name = "") {
  const lines = [what, hint, name].map((line) => line.replaceAll("\n", " "));
  writeFileSync(join(work, "failure"), lines.join("\n") + "\n");
  process.exit(1);
}

function read(name) {
  const path = join(wish, name);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

function splitSpec(spec) {
  const at = spec.indexOf("@", 1);
  return at < 0 ? [spec, ""] : [spec.slice(0, at), spec.slice(at + 1)];
}

// A package that is named by a place may be a folder or a repository, whose scripts make it.
function checkPlain(name, range) {
  if (scripts || (plainName.test(name) && plainRange.test(range))) return;
  fail(
    `'${name}${range && "@"}${range}'`.slice(0, 140) + " is not asked for by a name and a version alone",
    "URLs, paths and repositories are taken with --allow-scripts only: they may run code while they are installed",
    name,
  );
}

function findNpm() {
  const places = [
    join(dirname(process.execPath), "../lib/node_modules/npm/bin/npm-cli.js"),
    "/usr/share/nodejs/npm/bin/npm-cli.js",
    "/usr/lib/node_modules/npm/bin/npm-cli.js",
    "/usr/local/lib/node_modules/npm/bin/npm-cli.js",
  ];
  for (const name of ["/usr/bin/npm", "/usr/local/bin/npm"])
    if (existsSync(name)) places.push(realpathSync(name));
  const found = places.find((path) => path.endsWith(".js") && existsSync(path));
  if (!found) fail("npm is not there, so nothing can be installed for node", "apt-get install npm");
  return found;
}

function writeManifest(specs) {
  const given = JSON.parse(read("package.json") ?? "{}");
  const manifest = { name: "box", version: "1.0.0", private: true, dependencies: { ...given.dependencies } };
  if (given.optionalDependencies) manifest.optionalDependencies = given.optionalDependencies;
  if (given.overrides) manifest.overrides = given.overrides;
  for (const [name, range] of Object.entries({ ...given.optionalDependencies, ...given.dependencies }))
    checkPlain(name, String(range));
  for (const spec of specs) {
    const [name, range] = splitSpec(spec);
    checkPlain(name, range);
    manifest.dependencies[name] = range || "latest";
  }
  // npm ci takes a lock only when it is of the same package.
  const lock = read("lock");
  if (lock) {
    const known = JSON.parse(lock);
    for (const key of ["name", "version"]) if (known[key]) manifest[key] = known[key];
    const own = known.packages?.[""] ?? {};
    if (own.devDependencies) manifest.devDependencies = own.devDependencies;
    if (own.peerDependencies) manifest.peerDependencies = own.peerDependencies;
    writeFileSync(join(project, "package-lock.json"), lock);
  }
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest, null, 2));
}

function runNpm(command) {
  const flags = [
    "--no-audit", "--no-fund", "--no-update-notifier", "--omit=dev", "--no-progress",
    "--fetch-retries=1", "--fetch-timeout=60000", "--loglevel=error", "--color=false",
    `--registry=${process.env.TESTUDO_INDEX}`, `--https-proxy=${process.env.HTTPS_PROXY}`,
    `--cache=${join(work, "tmp")}`, `--userconfig=${join(work, "npmrc-user")}`,
    `--globalconfig=${join(work, "npmrc-global")}`,
    "--replace-registry-host=always", // a lock may name another mirror of the same
    scripts ? "--no-ignore-scripts" : "--ignore-scripts",
  ];
  if (process.env.TESTUDO_CA) flags.push(`--cafile=${process.env.TESTUDO_CA}`);
  const env = { ...process.env, HOME: "/tmp" };
  if (process.env.TESTUDO_CA) env.NODE_EXTRA_CA_CERTS = process.env.TESTUDO_CA;
  const npm = findNpm();
  const child = spawnSync(process.execPath, [npm, command, ...flags], {
    cwd: project, env, encoding: "utf8", maxBuffer: 16 << 20, stdio: ["ignore", "pipe", "pipe"],
  });
  return { status: child.status ?? 1, output: (child.stdout ?? "") + (child.stderr ?? "") };
}

function explain(output) {
  const code = /npm (?:error|ERR!) code (\S+)/.exec(output)?.[1] ?? "";
  const path = /npm (?:error|ERR!) path \S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)/.exec(output)?.[1] ?? "";
  const named = /'([^'\s]+@[^']*)'/.exec(output)?.[1] ?? /for (\S+@\S+)/.exec(output)?.[1] ?? path;
  const [name, range] = splitSpec(named);
  if (code === "E404") fail(`there is no package '${name}' at ${process.env.TESTUDO_INDEX}`, "is its name spelled so?", name);
  if (code === "ETARGET") fail(`there is no version ${range.replace(/\.$/, "")} of ${name}`, "npm names versions as 1.3.0, ranges as ^1.3.0", name);
  if (code === "EINTEGRITY")
    fail(`${name || "a package"} is not what its hash says`, "the registry gives other bytes than those that were asked for; --upgrade resolves anew", name);
  if (code === "EUSAGE")
    fail("package-lock.json does not fit package.json", "npm install --package-lock-only brings it up to date", name);
  if (code === "EBADPLATFORM") fail(`${name} is not for this machine`, "", name);
  if (code === "ENOSPC" || output.includes("ENOSPC")) fail("the packages need more disk than an installation may have", "", name);
  if (code === "ERESOLVE") fail("the packages exclude each other: " + (/While resolving: (.*)/.exec(output)?.[1] ?? ""), "", name);
  const lines = output.split("\n").filter((line) => /^npm (error|ERR!)/.test(line) && !/ code /.test(line));
  const what = (lines[0] ?? output.trim().slice(-300)).replace(/^npm (error|ERR!) ?/, "").slice(0, 300);
  fail(path ? `${path}: ${what}` : `npm: ${what}`, "", path);
}

function writeLists() {
  const lock = readFileSync(join(project, "package-lock.json"), "utf8");
  writeFileSync(join(work, "lock"), lock);
  const packages = Object.entries(JSON.parse(lock).packages ?? {})
    .filter(([path, about]) => path.startsWith("node_modules/") && !about.dev)
    .map(([path, about]) => `${path.split("node_modules/").pop()} ${about.version}`);
  writeFileSync(join(work, "packages"), [...new Set(packages)].sort().map((line) => line + "\n").join(""));
}

const specs = (read("specs") ?? "").split("\n").filter((line) => line.trim());
mkdirSync(project);
writeManifest(specs);
const { status, output } = runNpm(read("lock") ? "ci" : "install");
if (status !== 0) {
  process.stderr.write(output.slice(-8000));
  explain(output);
}
writeLists();
const modules = join(project, "node_modules");
if (existsSync(modules)) renameSync(modules, join(work, "tree"));
else mkdirSync(join(work, "tree"));
