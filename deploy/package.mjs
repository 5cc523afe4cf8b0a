// Packages the stack without an account: `node deploy/package.mjs [options of osls]`.
//
// For layers, osls asks CloudFormation what was deployed last, even if nothing is going
// to be. Here it asks an account that has nothing.

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const OSLS = join(HERE, "node_modules", "osls", "bin", "serverless.js");

// What CloudFormation says of a stack that it does not know.
const NO_STACK = `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>
<Message>Stack does not exist</Message></Error></ErrorResponse>`;

const account = createServer((request, answer) => {
  request.resume();
  answer.writeHead(400, { "Content-Type": "text/xml" }).end(NO_STACK);
});

account.listen(0, "127.0.0.1", () => {
  const endpoint = `http://127.0.0.1:${account.address().port}`;
  // Whatever the caller's account is, nothing of it is used; nor is a proxy, which osls
  // would ask for this machine too.
  const UNUSED = /^(AWS_.*|(https?_)?proxy)$/i;
  const kept = Object.entries(process.env).filter(([name]) => !UNUSED.test(name));
  const child = spawn(process.execPath, [OSLS, "package", ...process.argv.slice(2)], {
    stdio: "inherit",
    env: {
      ...Object.fromEntries(kept),
      AWS_ENDPOINT_URL: endpoint,
      AWS_ENDPOINT_URL_CLOUDFORMATION: endpoint,
      AWS_ACCESS_KEY_ID: "offline",
      AWS_SECRET_ACCESS_KEY: "offline",
    },
  });
  child.on("exit", (code) => {
    account.close();
    process.exitCode = code ?? 1;
  });
});
