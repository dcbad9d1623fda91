// Requests to the server that served this page: its JSON, and the EC2 Query API for changes.

/** A refusal of the server, with its message. */
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
    // The reply is not JSON: a check refused the request. Show its text as it is.
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

/** Some actions, such as AcceptVpcEndpointConnections, answer 200 with a list of the items that failed. */
function unsuccessful(xml) {
  return xml.querySelector("unsuccessful > item error");
}
