import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import test from "node:test";

// From top to bottom: a module imports from its own room, or from rooms further down.
const ROOMS = [
  ".",
  "views",
  "views/modes",
  "views/results",
  "views/parts",
  "input",
  "map",
  "state",
  "domain",
  "service",
];

// npm runs the tests beside package.json.
const SOURCES = join(process.cwd(), "src");

const MODULES = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(SOURCES, name), "utf8") }));

function floorOf(name: string): number {
  const floor = ROOMS.indexOf(dirname(name));
  assert.notEqual(floor, -1, `${name} is in no room`);
  return floor;
}

/** The names of the modules that a module imports, also later or only as types. */
function importsOf({ name, text }: { name: string; text: string }): string[] {
  const paths = text.matchAll(/(?:from|import|import\()\s*"(\.[^"]*)"/g);
  return [...paths]
    .map(([, path = ""]) => relative(SOURCES, join(SOURCES, dirname(name), path)))
    .filter((path) => !path.endsWith(".css"));
}

test("imports point down only", () => {
  const wrong = MODULES.flatMap((module) =>
    importsOf(module)
      .filter((imported) => floorOf(imported) < floorOf(module.name))
      .map((imported) => `${module.name} -> ${imported}`),
  );

  assert.deepEqual(wrong, []);
});

test("what needs no browser needs no library either", () => {
  const wrong = MODULES.filter(
    ({ name, text }) =>
      name.startsWith("domain/") && /^import (?!type)[^;]*"[^."][^"]*";$/m.test(text),
  );

  assert.deepEqual(wrong.map(({ name }) => name), []);
});

test("a room holds a dozen modules at most, a module 300 lines", () => {
  for (const room of ROOMS) {
    const members = MODULES.filter(({ name }) => dirname(name) === room).length;
    assert.ok(1 <= members && members <= 12, `${room} holds ${members} modules`);
  }
  for (const { name, text } of MODULES) {
    const lines = text.split("\n").length - 1;
    assert.ok(lines <= 300, `${name} has ${lines} lines`);
  }
});

test("no function has more than 40 lines", () => {
  const long = MODULES.flatMap(({ name, text }) =>
    functionsOf(text.split("\n"))
      .filter(({ size }) => size > 40)
      .map(({ head, size }) => `${name}: ${size} lines: ${head}`),
  );

  assert.deepEqual(long, []);
});

/** Functions of a module and methods of its classes, which the layout of code gives away. */
function functionsOf(lines: string[]): { head: string; size: number }[] {
  return lines.flatMap((head, index) => {
    const isFunction = /^(?:export )?(?:async )?function |^(?:export )?const \w+ = .*(?:=>|\()$/;
    const isMethod = /^ {2}(?!if|for|while|switch|return|super)(?:async )?#?\w+\((?!.*=> \{$).*\{$/;
    if (!isFunction.test(head) && !isMethod.test(head)) return [];
    const indent = /^ */.exec(head)?.[0] ?? "";
    const end = lines.findIndex(
      (line, other) => other > index && new RegExp(`^${indent}\\}?[;)]*$`).test(line) && line !== "",
    );
    return [{ head: head.trim(), size: end - index + 1 }];
  });
}
