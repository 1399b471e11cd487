// The page at /graphiql, bundled by ../graphiql-bundle.ts and run in the browser: nothing here runs in the server.
import { GraphiQL } from "graphiql";
import { getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws";
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";

const workers = { json: "json.worker.js", graphql: "graphql.worker.js" };

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) =>
    new Worker(new URL(workers[label] ?? "editor.worker.js", import.meta.url), { type: "module" }),
};

const welcome = `# Put a token into the headers below to see what a member sees:
#
#   { "authorization": "Bearer …" }
#
# Ctrl-Space completes, Ctrl-Enter runs, the book on the left is the schema.

{
  __typename
}
`;

/** Queries and mutations by POST, subscriptions over a WebSocket that carries the same token. */
function fetcher(params, { headers = {} } = {}) {
  return isSubscription(params) ? subscribe(params, headers) : post(params, headers);
}

async function post(params, headers) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json", ...headers },
    body: JSON.stringify(params),
  });
  return response.json();
}

function subscribe(params, headers) {
  const url = new URL("/graphql", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const authorization = headers.authorization ?? headers.Authorization;
  const client = createClient({ url: url.href, retryAttempts: 0, connectionParams: { authorization } });
  return {
    subscribe: (sink) => ({ unsubscribe: client.subscribe(params, sink) }),
  };
}

/** Read from the text itself: the editor's own syntax tree lags behind what was typed. */
function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === "subscription";
  } catch {
    return false; // the server says what is wrong with it
  }
}

createRoot(document.getElementById("graphiql")).render(
  createElement(GraphiQL, { fetcher, defaultQuery: welcome, defaultEditorToolsVisibility: "headers" }),
);
