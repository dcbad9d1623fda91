// Requests to the server that served this page: its JSON, and the EC2 Query API for changes.

import { reachable } from "./commands.js";
import { language } from "./words.js";

/** A refusal of the server, with its message. */
export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
    this.means = null;
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

/** Sentences in the reply are in the page's language. */
export async function get(path, query = {}) {
  const search = new URLSearchParams({ ...query, lang: language() });
  const body = await read(await fetch(`${path}?${search}`, { headers: { accept: "application/json" } }));
  if (body?.dig) body.dig.command = reachable(body.dig);
  return body;
}

/** Sends a value as JSON, or nothing. */
export async function post(path, value) {
  const json = value === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
  return read(await fetch(path, { method: "POST", ...json }));
}

const VERSIONS = { ec2: "2016-11-15", elasticloadbalancing: "2015-12-01" };

/**
 * An action of a Query API; its reply. A refusal carries AWS's code and message. `where` is a resource with its region and
 * its owner: the action is done there, in that account.
 *
 * The name of the signer says where. The signature itself is not checked: the server knows the page by where it comes from
 * and, with a token, by its session.
 */
async function query(service, action, parameters, where) {
  const body = new URLSearchParams({ Action: action, Version: VERSIONS[service], ...parameters });
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const scope = where && `AWS4-HMAC-SHA256 Credential=${where.owner}/${day}/${where.region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const response = await fetch("./", { method: "POST", body, headers: scope ? { authorization: scope } : {} });
  const text = await response.text();
  const xml = new DOMParser().parseFromString(text, "text/xml");
  const failed = response.ok ? unsuccessful(xml) : xml.querySelector("Errors > Error, Error");
  if (failed) {
    const part = (upper, lower) => (failed.querySelector(upper) ?? failed.querySelector(lower))?.textContent ?? "";
    const refused = new Refused(response.status, part("Code", "code"), part("Message", "message"));
    refused.means = await meaning(refused.code);
    throw refused;
  }
  if (!response.ok) throw new Refused(response.status, "", text.trim() || `HTTP ${response.status}`);
  return xml;
}

/** What a code of a refusal means, in plain words; nothing if the server does not tell. */
async function meaning(code) {
  try {
    return (await get(`api/refusals/${encodeURIComponent(code)}`)).means;
  } catch {
    return null;
  }
}

/** An action of EC2's. */
export function ec2(action, parameters, where) {
  return query("ec2", action, parameters, where);
}

/** An action of Elastic Load Balancing's. */
export function elb(action, parameters, where) {
  return query("elasticloadbalancing", action, parameters, where);
}

/** Some actions, such as AcceptVpcEndpointConnections, answer 200 with a list of the items that failed. */
function unsuccessful(xml) {
  return xml.querySelector("unsuccessful > item error");
}
