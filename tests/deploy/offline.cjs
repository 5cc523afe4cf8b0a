// Preloaded into osls: whoever wants to talk to another machine than this one fails.

"use strict";

const net = require("node:net");

const HERE = new Set(["127.0.0.1", "::1", "localhost"]);
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...given) {
  const options = Array.isArray(given[0]) ? given[0][0] : given[0];
  const host = options && typeof options === "object" ? options.host : given[1];
  if (host && !HERE.has(host)) {
    throw new Error(`osls asks ${host}, and should not`);
  }
  return connect.apply(this, given);
};
