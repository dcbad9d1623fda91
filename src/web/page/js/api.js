// Requests to the server that served this page: its JSON, and the EC2 Query API for changes.

/** What the server would not do, in its words. */
export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function read(response) {
  const text = await response.text();
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: the status line of a guard, told as it is.
  }
  if (!response.ok) throw new Refused(response.status, "", body?.error ?? (text.trim() || `HTTP ${response.status}`));
  return body;
}

export async function get(path, query = {}) {
  const search = new URLSearchParams(query).toString();
  return read(await fetch(search ? `${path}?${search}` : path, { headers: { accept: "application/json" } }));
}

export async function post(path) {
  return read(await fetch(path, { method: "POST" }));
}

/** An action of the EC2 Query API. A refusal carries AWS's code and message. */
export async function ec2(action, parameters) {
  const body = new URLSearchParams({ Action: action, Version: "2016-11-15", ...parameters });
  const response = await fetch("/", { method: "POST", body });
  const text = await response.text();
  const xml = new DOMParser().parseFromString(text, "text/xml");
  const failed = response.ok ? unsuccessful(xml) : xml.querySelector("Errors > Error, Error");
  if (failed) {
    const part = (upper, lower) => (failed.querySelector(upper) ?? failed.querySelector(lower))?.textContent ?? "";
    throw new Refused(response.status, part("Code", "code"), part("Message", "message"));
  }
  if (!response.ok) throw new Refused(response.status, "", text.trim() || `HTTP ${response.status}`);
}

/** AcceptVpcEndpointConnections and its like answer 200 with a list of what failed. */
function unsuccessful(xml) {
  return xml.querySelector("unsuccessful > item error");
}
