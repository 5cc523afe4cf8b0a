import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { abridge, writeLeaflet, writeMapLibre, writeRequest } from "../src/domain/snippets";

const ASKED = {
  method: "POST",
  url: "http://127.0.0.1:8000/datasets/a/statistics?p=5",
  body: `{"properties":{"name":"Côte d'Ivoire \\"x\\" 𝒵 $HOME \`ls\`","it":null}}`,
} as const;

test("a shell hands curl the very body", () => {
  const code = writeRequest(ASKED, "curl").replace(/^curl/, "printf '%s\\n'");

  const words = execFileSync("sh", ["-c", code], { encoding: "utf8" }).split("\n");

  assert.deepEqual(words.slice(0, 5), [
    ASKED.url,
    "-H",
    "Content-Type: application/geo+json",
    "-d",
    ASKED.body,
  ]);
});

test("JavaScript sends the same document", async () => {
  const code = writeRequest(ASKED, "JavaScript");
  const sent: RequestInit[] = [];
  const run = new Function("fetch", `return (async () => { ${code}; return answer; })()`);

  await run((_url: string, init: RequestInit) => {
    sent.push(init);
    return { json: () => 1 };
  });

  assert.deepEqual(JSON.parse(String(sent[0]?.body)), JSON.parse(ASKED.body));
});

test("Python sends the same document", () => {
  const code = writeRequest(ASKED, "Python")
    .replace("from urllib.request import Request, urlopen", "")
    .replace("with urlopen(request) as response:\n    answer = json.load(response)", "")
    .replace("request = Request(", "request = dict(url=");
  const script = `${code}\nprint(json.dumps(json.loads(request["data"])))`;

  const printed = execFileSync("python3", ["-c", script], { encoding: "utf8" });

  assert.deepEqual(JSON.parse(printed), JSON.parse(ASKED.body));
});

test("a GET needs no body in any language", () => {
  for (const language of ["curl", "JavaScript", "Python"] as const) {
    const code = writeRequest({ method: "GET", url: "http://a/b?c=d" }, language);
    assert.ok(code.includes("http://a/b?c=d") && !code.includes("Content-Type"), language);
  }
});

test("long code is cut in the middle", () => {
  assert.equal(abridge("short"), "short");
  assert.match(abridge("x".repeat(5000)), /4200 more characters/);
});

test("layers are written with their addresses", () => {
  const shown = {
    title: "A",
    tiles: "http://a/{z}/{x}/{y}.png",
    tileJson: "http://a/tilejson.json",
    attribution: 'NASA "x"',
    maxzoom: 5,
  };

  assert.match(writeLeaflet(shown), /maxNativeZoom: 5/);
  assert.match(writeLeaflet(shown), /"NASA \\"x\\""/);
  assert.match(writeMapLibre(shown), /url: "http:\/\/a\/tilejson\.json"/);
});
